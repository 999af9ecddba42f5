//! What the API says of itself.

use super::Mail;
use serde_json::{Value, json};

/// The description of the API (OpenAPI 3.1).
pub(super) fn description(base: &str) -> Value {
    let mut paths = serde_json::Map::new();
    let refusals = |mut responses: Value| {
        let refusal = |why: &str| json!({"description": why, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}});
        responses["400"] = refusal("What was sent means nothing.");
        responses["413"] = json!({"description": "The body is too large."});
        responses["429"] = refusal("Too many requests; Retry-After says when to come back.");
        responses["503"] = json!({"description": "Not finished in time."});
        responses
    };
    let document = |kind: &str| {
        refusals(json!({"200": {
            "description": format!("A document of the kind mailcheck.{kind}/1; mailcheck schema {kind} prints its schema."),
            "content": {"application/json": {"schema": {"type": "object", "required": ["schema"]}}},
        }}))
    };
    paths.insert(
        "/api/v1/domain/{name}".to_owned(),
        json!({"get": {
            "operationId": "domain",
            "summary": "The report about a domain",
            "parameters": [
                {"name": "name", "in": "path", "required": true, "schema": {"type": "string"},
                 "description": "The domain, in A-labels or U-labels."},
                {"name": "sender", "in": "query", "required": false, "schema": {"type": "array", "items": {"type": "string"}},
                 "style": "form", "explode": true, "description": "Addresses that are asked about."},
            ],
            "responses": document("report"),
        }}),
    );
    paths.insert(
        "/api/v1/domain/{name}/history".to_owned(),
        json!({"get": {
            "operationId": "history",
            "summary": "What became of a domain, from the history that is served (404 without one)",
            "parameters": [
                {"name": "name", "in": "path", "required": true, "schema": {"type": "string"},
                 "description": "The domain, in A-labels or U-labels."},
            ],
            "responses": document("history"),
        }}),
    );
    for mail in Mail::ALL {
        let kind = match mail {
            Mail::Bounce => "bounce",
            Mail::Message => "message",
            Mail::Report => "feedback",
            Mail::Record => "lint",
        };
        paths.insert(
            format!("/api/v1/{}", mail.word()),
            json!({"post": {
                "operationId": mail.word(),
                "summary": mail.about(),
                "requestBody": {"required": true, "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
                "responses": document(kind),
            }}),
        );
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "mailcheck",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Reports about domains, and about mail that is sent here and not stored.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": if base.is_empty() { "/" } else { base }}],
        "paths": paths,
        "components": {"schemas": {"Error": {
            "type": "object",
            "required": ["error"],
            "properties": {"error": {"type": "string"}},
        }}},
    })
}
