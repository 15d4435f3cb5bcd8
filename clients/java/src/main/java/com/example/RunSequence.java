package com.example;

import com.example.pasqalcloud.ApiClient;
import com.example.pasqalcloud.ApiException;
import com.example.pasqalcloud.api.AccountApi;
import com.example.pasqalcloud.api.AuthenticationApi;
import com.example.pasqalcloud.api.BatchesApi;
import com.example.pasqalcloud.api.JobsApi;
import com.example.pasqalcloud.model.Batch;
import com.example.pasqalcloud.model.CreateBatch;
import com.example.pasqalcloud.model.CreateJob;
import com.example.pasqalcloud.model.ErrorResponse;
import com.example.pasqalcloud.model.Job;
import com.example.pasqalcloud.model.JobResult;
import com.example.pasqalcloud.model.Project;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** Runs a Pulser sequence, read from a file, with two values of its variable omega, and prints the counts. */
public final class RunSequence {
  private static final Set<String> ENDED = Set.of("DONE", "CANCELED", "TIMED_OUT", "ERROR");
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final ApiClient client = new ApiClient();
  private final BatchesApi batches;
  private final JobsApi jobs;
  private final AccountApi account;

  private RunSequence(String url, String username, String password) throws ApiException {
    client.updateBaseUri(url);
    client.setConnectTimeout(Duration.ofSeconds(10));
    client.setReadTimeout(Duration.ofSeconds(30));
    String token = logIn(username, password);
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
    // Each of these copies the client's settings as they are now, so they are made last.
    batches = new BatchesApi(client);
    jobs = new JobsApi(client);
    account = new AccountApi(client);
  }

  /**
   * Returns an access token. The local service gives it itself; in the cloud, another host does (for France,
   * https://pasqal.eu.auth0.com), so that this call needs an ApiClient of its own there.
   */
  private String logIn(String username, String password) throws ApiException {
    return new AuthenticationApi(client)
        .createToken(
            AuthenticationApi.APICreateTokenRequest.newBuilder()
                .grantType("http://auth0.com/oauth/grant-type/password-realm")
                .realm("pcs-users")
                .username(username)
                .password(password)
                .build())
        .getAccessToken();
  }

  private Batch create(String sequence, UUID project) throws ApiException {
    CreateBatch request =
        new CreateBatch()
            .projectId(project)
            .deviceType("EMU_FREE")
            .sequenceBuilder(sequence)
            .jobs(
                List.of(
                    new CreateJob().runs(100L).variables(Map.of("omega", 2 * Math.PI)),
                    new CreateJob().runs(50L).variables(Map.of("omega", Math.PI))));
    return batches.createBatch(request, null).getData();
  }

  private String waitForEnd(UUID batch) throws ApiException, InterruptedException {
    Instant deadline = Instant.now().plus(LIMIT);
    String status = batches.getBatchStatus(batch).getData().getStatus();
    while (!ENDED.contains(status)) {
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException(
            "Batch " + batch + " is still " + status + " after " + LIMIT.toSeconds() + " s.");
      }
      Thread.sleep(PAUSE.toMillis());
      status = batches.getBatchStatus(batch).getData().getStatus();
    }
    return status;
  }

  private Map<String, Long> counts(UUID job) throws ApiException, IOException, InterruptedException {
    String link = jobs.getJobResultsLink(job).getData().getResultsLink();
    if (link == null) {
      throw new IllegalStateException("Job " + job + " has no result.");
    }
    // The link carries its own permission, and leads to another host: the token must not go with it.
    HttpRequest download = HttpRequest.newBuilder(URI.create(link)).timeout(Duration.ofSeconds(30)).build();
    HttpResponse<String> answer = client.getHttpClient().send(download, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException("The result of job " + job + " can't be downloaded: HTTP " + answer.statusCode() + ".");
    }
    return client.getObjectMapper().readValue(answer.body(), JobResult.class).getCounter();
  }

  private void showUnknownBatch() throws ApiException, IOException {
    try {
      batches.getBatch(UUID.fromString("00000000-0000-4000-8000-000000000000"));
    } catch (ApiException refused) {
      if (refused.getResponseBody() == null) {
        throw refused; // not an answer of the service: no connection, or a body that can't be read
      }
      ErrorResponse error = client.getObjectMapper().readValue(refused.getResponseBody(), ErrorResponse.class);
      System.out.println("unknown batch: HTTP " + refused.getCode() + ": " + error.getMessage());
      return;
    }
    throw new IllegalStateException("An unknown batch was found.");
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 1) {
      System.err.println("Usage: RunSequence SEQUENCE.json");
      System.exit(2);
    }
    String sequence = Files.readString(Path.of(arguments[0]));
    RunSequence run =
        new RunSequence(
            System.getenv("PASQAL_URL"), System.getenv("PASQAL_USERNAME"), System.getenv("PASQAL_PASSWORD"));

    Batch batch = run.create(sequence, UUID.fromString(System.getenv("PASQAL_PROJECT_ID")));
    System.out.println("batch " + batch.getId() + ": " + run.waitForEnd(UUID.fromString(batch.getId())));

    for (Job job : batch.getJobs()) {
      Map<String, Long> counts = run.counts(UUID.fromString(job.getId()));
      long sum = counts.values().stream().mapToLong(Long::longValue).sum();
      String shown =
          new TreeMap<>(counts)
              .entrySet().stream()
                  .map(count -> count.getKey() + "=" + count.getValue())
                  .collect(Collectors.joining(" "));
      System.out.println("job " + job.getId() + ": " + job.getRuns() + " runs: " + shown);
      if (sum != job.getRuns()) {
        System.err.println("The counts' sum is " + sum + ".");
        System.exit(1);
      }
    }

    run.showUnknownBatch();

    for (Project project : run.account.listProjects(null, null, null).getData()) {
      System.out.println("project " + project.getName());
    }
  }
}
