// Command run-sequence runs a Pulser sequence, read from a file, with two values of its variable omega, and prints the
// counts.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"maps"
	"math"
	"net/http"
	"os"
	"slices"
	"time"

	"example.com/run-sequence/pasqalcloud"
)

const (
	limit        = 5 * time.Minute
	pause        = 500 * time.Millisecond
	requestLimit = 30 * time.Second
)

var ended = []string{"DONE", "CANCELED", "TIMED_OUT", "ERROR"}

// connect returns a client of the service at this URL.
func connect(url string) *pasqalcloud.APIClient {
	configuration := pasqalcloud.NewConfiguration()
	configuration.HTTPClient = &http.Client{Timeout: requestLimit}
	configuration.Servers = pasqalcloud.ServerConfigurations{{URL: url}}
	// The local service gives tokens itself; in the cloud, another host does. Leave this out there: the generated
	// configuration has the host for France.
	configuration.OperationServers = nil
	return pasqalcloud.NewAPIClient(configuration)
}

// logIn returns a context with an access token: the client sends the token with each request that gets this context.
func logIn(ctx context.Context, client *pasqalcloud.APIClient, username, password string) (context.Context, error) {
	token, _, err := client.AuthenticationAPI.CreateToken(ctx).
		GrantType("http://auth0.com/oauth/grant-type/password-realm").
		Realm("pcs-users").
		Username(username).
		Password(password).
		Execute()
	if err != nil {
		return nil, fmt.Errorf("login: %w", err)
	}
	return context.WithValue(ctx, pasqalcloud.ContextAccessToken, token.AccessToken), nil
}

// job describes a job with a value for omega, in rad/µs.
func job(runs int64, omega float64) pasqalcloud.CreateJob {
	job := pasqalcloud.NewCreateJob()
	job.SetRuns(runs)
	job.SetVariables(map[string]any{"omega": omega})
	return *job
}

func create(ctx context.Context, client *pasqalcloud.APIClient, project, sequence string) (*pasqalcloud.Batch, error) {
	batch := pasqalcloud.NewCreateBatch(project)
	batch.SetDeviceType("EMU_FREE")
	batch.SetSequenceBuilder(sequence)
	batch.SetJobs([]pasqalcloud.CreateJob{job(100, 2*math.Pi), job(50, math.Pi)})
	answer, _, err := client.BatchesAPI.CreateBatch(ctx).CreateBatch(*batch).Execute()
	if err != nil {
		return nil, fmt.Errorf("creating a batch: %w", err)
	}
	return &answer.Data, nil
}

func waitForEnd(ctx context.Context, client *pasqalcloud.APIClient, batchID string) (string, error) {
	deadline := time.Now().Add(limit)
	for {
		answer, _, err := client.BatchesAPI.GetBatchStatus(ctx, batchID).Execute()
		if err != nil {
			return "", fmt.Errorf("status of batch %s: %w", batchID, err)
		}
		status := answer.Data.Status
		if slices.Contains(ended, status) {
			return status, nil
		}
		if time.Now().After(deadline) {
			return "", fmt.Errorf("batch %s is still %s after %s", batchID, status, limit)
		}
		time.Sleep(pause)
	}
}

func counts(ctx context.Context, client *pasqalcloud.APIClient, jobID string) (map[string]int64, error) {
	link, _, err := client.JobsAPI.GetJobResultsLink(ctx, jobID).Execute()
	if err != nil {
		return nil, fmt.Errorf("link to the result of job %s: %w", jobID, err)
	}
	if link.Data.GetResultsLink() == "" {
		return nil, fmt.Errorf("job %s has no result", jobID)
	}
	// The link carries its own permission, and leads to another host: the token must not go with it.
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, link.Data.GetResultsLink(), nil)
	if err != nil {
		return nil, err
	}
	download, err := client.GetConfig().HTTPClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer download.Body.Close()
	if download.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the result of job %s can't be downloaded: HTTP %s", jobID, download.Status)
	}
	var result pasqalcloud.JobResult
	if err := json.NewDecoder(download.Body).Decode(&result); err != nil {
		return nil, fmt.Errorf("result of job %s: %w", jobID, err)
	}
	return result.Counter, nil
}

func showCounts(ctx context.Context, client *pasqalcloud.APIClient, job pasqalcloud.Job) error {
	counts, err := counts(ctx, client, job.Id)
	if err != nil {
		return err
	}
	fmt.Printf("job %s: %d runs:", job.Id, job.GetRuns())
	var sum int64
	for _, bits := range slices.Sorted(maps.Keys(counts)) {
		fmt.Printf(" %s=%d", bits, counts[bits])
		sum += counts[bits]
	}
	fmt.Println()
	if sum != job.GetRuns() {
		return fmt.Errorf("the counts' sum is %d", sum)
	}
	return nil
}

func showUnknownBatch(ctx context.Context, client *pasqalcloud.APIClient) error {
	_, answer, err := client.BatchesAPI.GetBatch(ctx, "00000000-0000-4000-8000-000000000000").Execute()
	if err == nil {
		return errors.New("an unknown batch was found")
	}
	var refused *pasqalcloud.GenericOpenAPIError
	if !errors.As(err, &refused) {
		return err // not an answer of the service: there was no connection, for example
	}
	refusal, typed := refused.Model().(pasqalcloud.ErrorResponse)
	if !typed {
		return err // an answer that can't be read
	}
	fmt.Printf("unknown batch: HTTP %d: %s\n", answer.StatusCode, refusal.GetMessage())
	return nil
}

func run(ctx context.Context, path string) error {
	sequence, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	client := connect(os.Getenv("PASQAL_URL"))
	ctx, err = logIn(ctx, client, os.Getenv("PASQAL_USERNAME"), os.Getenv("PASQAL_PASSWORD"))
	if err != nil {
		return err
	}

	batch, err := create(ctx, client, os.Getenv("PASQAL_PROJECT_ID"), string(sequence))
	if err != nil {
		return err
	}
	status, err := waitForEnd(ctx, client, batch.Id)
	if err != nil {
		return err
	}
	fmt.Printf("batch %s: %s\n", batch.Id, status)
	for _, job := range batch.Jobs {
		if err := showCounts(ctx, client, job); err != nil {
			return err
		}
	}

	if err := showUnknownBatch(ctx, client); err != nil {
		return err
	}

	projects, _, err := client.AccountAPI.ListProjects(ctx).Execute()
	if err != nil {
		return fmt.Errorf("listing the projects: %w", err)
	}
	for _, project := range projects.Data {
		fmt.Printf("project %s\n", project.Name)
	}
	return nil
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("Usage: run-sequence SEQUENCE.json")
	}
	if err := run(context.Background(), os.Args[1]); err != nil {
		var refused *pasqalcloud.GenericOpenAPIError
		if errors.As(err, &refused) {
			err = fmt.Errorf("%w: %s", err, refused.Body()) // its own text has little more than the HTTP status
		}
		log.Fatal(err)
	}
}
