//! The scenario of all clients, with the client openapi-generator makes for Rust.

use std::collections::{HashMap, HashSet};
use std::{env, error, fs};

use confd_client::apis::configuration::{Client, Configuration};
use confd_client::apis::*;
use confd_client::models::*;
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn error::Error>>;

/// A client that trusts the daemon's certificate and no other.
fn client() -> Outcome<Configuration> {
    let certificate = reqwest::Certificate::from_pem(&fs::read(env::var("CONFD_CERTIFICATE")?)?)?;
    let client = Client::builder().tls_built_in_root_certs(false).add_root_certificate(certificate).build()?;
    Ok(Configuration { base_path: env::var("CONFD_URL")?, client, ..Configuration::default() })
}

fn basic(user: String) -> Outcome<Configuration> {
    Ok(Configuration { basic_auth: Some((user, Some(env::var("CONFD_PASSWORD")?))), ..client()? })
}

/// The problem a call had to be refused with. The variants of `entity` are all alike and do not tell the status.
fn problem<T, E>(status: u16, answer: Result<T, Error<E>>) -> Outcome<Problem> {
    match answer {
        Err(Error::ResponseError(refusal)) if refusal.status == status => Ok(serde_json::from_str(&refusal.content)?),
        _ => Err(format!("no {status}").into()),
    }
}

fn passed(step: &str) {
    println!("ok {step}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let user = env::var("CONFD_USER")?;
    let types = job_types_api::list_job_types(&basic(user.clone())?, None).await?;
    assert!(types.items.iter().any(|one| one.name == "group_create"), "{types:?}");
    passed("basic");

    let login =
        SessionLogin { user: Some(user.clone()), password: Some(env::var("CONFD_PASSWORD")?), ..Default::default() };
    let opened = sessions_api::create_session(&client()?, Some(login)).await?;
    let session = Configuration { bearer_access_token: opened.token, ..client()? };
    assert_eq!(sessions_api::get_current_session(&session).await?.user, user);
    passed("session");

    let parameters = GroupCreateParameters::new(706, "team".into());
    let wish = GroupCreateRequest { reason: Some("bindings".into()), ..GroupCreateRequest::new(parameters) };
    let job = group_jobs_api::start_group_create(&session, wish, Some("60s"), None, None, None).await?;
    assert!(
        job.stage == JobStage::Committed && job.outcome.as_deref() == Some("ok") && job.revision > Some(1),
        "{job:?}"
    );
    passed("job");

    let result = jobs_api::get_job_result(&session, &job.job_id, None, None, None, None).await?;
    assert!(result.result_code == 0 && result.result_name == "OK", "{result:?}");
    passed("result");

    walk(&session, &job.job_id).await?;
    passed("pages");

    let change = HashMap::from([("Global".into(), json!({"Timezone": "UTC"}))]);
    let answer = configuration_api::patch_exa_conf(&session, change, None, None, None, Some("\"r1-0\""), None).await;
    let conflict = problem(412, answer)?;
    assert!(conflict.code == "revision-conflict" && conflict.current_revision >= job.revision, "{conflict:?}");
    passed("conflict");

    follow(&session, &job.job_id).await?;
    passed("events");

    let removal = GroupDeleteRequest::new(GroupDeleteParameters::new("team".into()));
    let guest = basic(env::var("CONFD_GUEST")?)?;
    let answer = group_jobs_api::start_group_delete(&guest, removal, None, None, None, None).await;
    let refused = problem(403, answer)?;
    let groups = refused.allowed_groups.as_deref().unwrap_or_default();
    assert!(refused.code == "permission-denied" && groups.iter().any(|one| one == "exaadm"), "{refused:?}");
    passed("forbidden");
    Ok(())
}

/// Reads all jobs, two a page.
async fn walk(session: &Configuration, id: &str) -> Outcome<()> {
    for _ in 0..5 {
        database_jobs_api::start_db_list(session, DbListRequest::new(), Some("60s"), None, None, None).await?;
    }
    let (mut found, mut pages, mut cursor) = (HashSet::new(), 0, None);
    while pages == 0 || cursor.is_some() {
        let page = list(session, cursor.as_deref()).await?;
        for one in page.items {
            assert!(found.insert(one.job_id.clone()), "twice: {}", one.job_id);
        }
        (pages, cursor) = (pages + 1, page.next_cursor);
    }
    assert!(pages > 3 && found.contains(id), "{found:?}");
    Ok(())
}

#[rustfmt::skip]
async fn list(session: &Configuration, cursor: Option<&str>) -> Outcome<JobPage> {
    Ok(jobs_api::list_jobs(
        session, Some(2), cursor, None, None, None, None, None, None, None, None, None, None, None, None, None, None,
        None, None, None,
    )
    .await?)
}

/// Reads what happened to a job, then waits for what does not.
async fn follow(session: &Configuration, id: &str) -> Outcome<()> {
    let page = events_api::list_events(session, None, Some(id), Some("oldest"), None, None, None, None).await?;
    let last = page.items.iter().rfind(|one| one.r#type == "job.stage").and_then(|one| one.stage.as_deref());
    assert_eq!(last, Some("committed"), "{page:?}");
    let after = Some(page.next_after.as_str());
    let later = events_api::list_events(session, None, Some(id), after, None, Some("1s"), None, None).await?;
    assert!(later.items.is_empty(), "{later:?}");
    Ok(())
}
