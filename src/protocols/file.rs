//! A file that a record leads to: by HTTPS, at the addresses that the DNS has for its host.

use crate::dns::{self, Answer, Dns, addresses, join_all};
use crate::net::Family;
use crate::web::{self, Request, Response, Trouble, Web};
use std::sync::Arc;

/// What came of asking for a file.
pub(super) struct Fetched {
    /// What the DNS said on the way, failures left aside.
    pub(super) answers: Vec<Arc<Answer>>,
    /// The response, or why there is none.
    pub(super) response: Result<Response, NoResponse>,
}

/// Why there is no response.
pub(super) enum NoResponse {
    /// The host could not be looked up.
    Dns(dns::Failure),
    /// The host has no address.
    NoAddress,
    /// None came.
    Web(web::Failure),
}

impl Fetched {
    /// Asks for a file, no longer than a report waits for it.
    pub(super) async fn get(dns: &dyn Dns, web: &dyn Web, request: Request) -> Self {
        let loaded = Self::load(dns, web, request);
        let Some(most) = web.patience() else { return loaded.await };
        tokio::time::timeout(most, loaded).await.unwrap_or_else(|_| {
            let detail = format!("{} s", most.as_secs_f32());
            let failure = web::Failure::because(Trouble::Timeout, detail);
            Self { answers: Vec::new(), response: Err(NoResponse::Web(failure)) }
        })
    }

    async fn load(dns: &dyn Dns, web: &dyn Web, request: Request) -> Self {
        let families = Family::BOTH.iter().map(|family| addresses(dns, &request.host, *family));
        let (answers, failed): (Vec<_>, Vec<_>) =
            join_all(families).await.into_iter().partition(|answer| answer.failure().is_none());
        let records = answers.iter().flat_map(|answer| answer.records());
        let found: Vec<_> = records.filter_map(|record| record.data.address()).collect();
        let response = if found.is_empty() {
            let failure = failed.first().and_then(|answer| answer.failure());
            let why = failure.map(|failure| NoResponse::Dns(failure.clone()));
            Err(why.unwrap_or(NoResponse::NoAddress))
        } else {
            web.get(&request.at(found)).await.map_err(NoResponse::Web)
        };
        Self { answers, response }
    }
}
