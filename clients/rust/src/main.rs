//! Runs a Pulser sequence, read from a file, with two values of its variable omega, and prints the counts.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::f64::consts::{PI, TAU};
use std::time::{Duration, Instant};
use std::{env, fs};

use pasqal_cloud_api::apis::account_api::{list_projects, ListProjectsParams};
use pasqal_cloud_api::apis::authentication_api::{create_token, CreateTokenParams};
use pasqal_cloud_api::apis::batches_api::{
    create_batch, get_batch, get_batch_status, CreateBatchParams, GetBatchError, GetBatchParams, GetBatchStatusParams,
};
use pasqal_cloud_api::apis::configuration::Configuration;
use pasqal_cloud_api::apis::jobs_api::{get_job_results_link, GetJobResultsLinkParams};
use pasqal_cloud_api::apis::Error as ApiError;
use pasqal_cloud_api::models::{Batch, CreateBatch, CreateJob, JobResult};

const ENDED: [&str; 4] = ["DONE", "CANCELED", "TIMED_OUT", "ERROR"];
const LIMIT: Duration = Duration::from_secs(300);
const PAUSE: Duration = Duration::from_millis(500);
const REQUEST_LIMIT: Duration = Duration::from_secs(30);

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Gives an access token. The local service gives it itself; in the cloud, another host does (for France,
/// https://pasqal.eu.auth0.com), so that this call needs a configuration with another `base_path` there.
async fn log_in(service: &Configuration, username: String, password: String) -> Result<String> {
    let credentials = CreateTokenParams {
        grant_type: "http://auth0.com/oauth/grant-type/password-realm".to_owned(),
        realm: Some("pcs-users".to_owned()),
        username: Some(username),
        password: Some(password),
        client_id: None,
        client_secret: None,
        audience: None,
        scope: None,
    };
    Ok(create_token(service, credentials).await?.access_token)
}

/// A job with a value for omega, in rad/µs. A nullable field is an `Option<Option<T>>`: `None` leaves it out, `Some(None)`
/// is null.
fn job(runs: i64, omega: f64) -> CreateJob {
    CreateJob {
        runs: Some(Some(runs)),
        variables: Some(Some(HashMap::from([("omega".to_owned(), omega.into())]))),
        ..CreateJob::default()
    }
}

async fn create(service: &Configuration, sequence: String, project_id: &str) -> Result<Batch> {
    let batch = CreateBatch {
        device_type: Some(Some("EMU_FREE".to_owned())),
        sequence_builder: Some(Some(sequence)),
        jobs: Some(vec![job(100, TAU), job(50, PI)]),
        ..CreateBatch::new(project_id.parse()?)
    };
    let params = CreateBatchParams { create_batch: batch, idempotency_key: None };
    Ok(create_batch(service, params).await?.data)
}

async fn wait_for_end(service: &Configuration, batch_id: &str) -> Result<String> {
    let deadline = Instant::now() + LIMIT;
    loop {
        let params = GetBatchStatusParams { batch_id: batch_id.to_owned() };
        let status = get_batch_status(service, params).await?.data.status;
        if ENDED.contains(&status.as_str()) {
            return Ok(status);
        }
        if Instant::now() > deadline {
            return Err(format!("Batch {batch_id} is still {status} after {} s.", LIMIT.as_secs()).into());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn counts(service: &Configuration, job_id: &str) -> Result<BTreeMap<String, i64>> {
    let params = GetJobResultsLinkParams { job_id: job_id.to_owned() };
    let link =
        get_job_results_link(service, params).await?.data.results_link.flatten().ok_or("The job has no result.")?;
    // The link carries its own permission, and leads to another host: the token must not go with it.
    let answer = service.client.get(link).timeout(REQUEST_LIMIT).send().await?.error_for_status()?;
    let result: JobResult = answer.json().await?;
    Ok(result.counter.flatten().ok_or("The result has no counts.")?.into_iter().collect())
}

async fn show_unknown_batch(service: &Configuration) -> Result<()> {
    let params = GetBatchParams { batch_id: "00000000-0000-4000-8000-000000000000".to_owned() };
    match get_batch(service, params).await {
        Ok(_) => Err("An unknown batch was found.".into()),
        // All errors have the same form: the generated enum can't tell by the body which status it is.
        Err(ApiError::ResponseError(answer)) if answer.status.as_u16() == 404 => match answer.entity {
            Some(GetBatchError::Status401(error) | GetBatchError::Status404(error)) => {
                let message = error.message.flatten().unwrap_or_default();
                println!("unknown batch: HTTP 404: {message}");
                Ok(())
            }
            _ => Err(format!("HTTP 404: {}", answer.content).into()),
        },
        Err(error) => Err(error.into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let path = env::args().nth(1).ok_or("Usage: run-sequence SEQUENCE.json")?;
    let sequence = fs::read_to_string(path)?;

    let mut service = Configuration { base_path: env::var("PASQAL_URL")?, ..Configuration::default() };
    let token = log_in(&service, env::var("PASQAL_USERNAME")?, env::var("PASQAL_PASSWORD")?).await?;
    service.bearer_access_token = Some(token);

    let batch = create(&service, sequence, &env::var("PASQAL_PROJECT_ID")?).await?;
    println!("batch {}: {}", batch.id, wait_for_end(&service, &batch.id).await?);

    for job in batch.jobs.flatten().unwrap_or_default() {
        let runs = job.runs.flatten().ok_or("The job says nothing of its runs.")?;
        let counts = counts(&service, &job.id).await?;
        let shown: Vec<String> = counts.iter().map(|(bits, count)| format!("{bits}={count}")).collect();
        println!("job {}: {runs} runs: {}", job.id, shown.join(" "));
        let sum: i64 = counts.values().sum();
        if sum != runs {
            return Err(format!("The counts' sum is {sum}.").into());
        }
    }

    show_unknown_batch(&service).await?;

    let everything = ListProjectsParams { project_status: None, limit: None, offset: None };
    for project in list_projects(&service, everything).await?.data {
        println!("project {}", project.name);
    }
    Ok(())
}
