//! Reports that were rendered, kept for as long as they are fresh.

use super::Bounds;
use axum::body::Bytes;
use std::collections::HashMap;
use std::future::Future;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;
use tokio::time::Instant;

/// What is asked for: the domain as text, the senders, and the form.
pub(super) type Key = (String, Vec<IpAddr>, Form);

/// How a report is shown. Who asks for one form seldom asks for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// For people.
    Page,
    /// For programs.
    Json,
}

/// A report, or the place where it will be: who asks while it is made waits for it.
type Slot = Arc<OnceCell<Bytes>>;

/// The reports that are kept.
#[derive(Debug)]
pub(super) struct Kept {
    bounds: Bounds,
    slots: Mutex<HashMap<Key, (Instant, Slot)>>,
}

impl Kept {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, slots: Mutex::default() }
    }

    /// The report about something, made by `make` unless there is a fresh one; true if it was there.
    /// `None` if it could not be made.
    pub(super) async fn report<F>(
        &self,
        key: Key,
        make: impl FnOnce() -> F,
    ) -> Option<(Bytes, bool)>
    where
        F: Future<Output = Option<Bytes>>,
    {
        let slot = self.slot(key);
        if let Some(kept) = slot.get() {
            return Some((kept.clone(), true));
        }
        let made = slot.get_or_try_init(|| async { make().await.ok_or(()) }).await;
        made.ok().map(|made| (made.clone(), false))
    }

    fn slot(&self, key: Key) -> Slot {
        let now = Instant::now();
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, slot)) = slots.get(&key)
            && now.duration_since(*since) < self.bounds.fresh_for
        {
            return Arc::clone(slot);
        }
        self.make_room(&mut slots, now);
        let slot = Slot::default();
        slots.insert(key, (now, Arc::clone(&slot)));
        slot
    }

    /// Forgets what is stale, and the oldest where there are too many or they are too large.
    fn make_room(&self, slots: &mut HashMap<Key, (Instant, Slot)>, now: Instant) {
        slots.retain(|_, (since, _)| now.duration_since(*since) < self.bounds.fresh_for);
        loop {
            let sizes = slots.values().filter_map(|(_, slot)| slot.get());
            let octets: usize = sizes.map(Bytes::len).sum();
            if slots.len() < self.bounds.kept && octets <= self.bounds.kept_octets {
                return;
            }
            let oldest = slots.iter().min_by_key(|(_, (since, _))| *since);
            match oldest.map(|(key, _)| key.clone()) {
                Some(oldest) => slots.remove(&oldest),
                None => return,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        (name.to_owned(), Vec::new(), Form::Page)
    }

    async fn made(kept: &Kept, name: &str) -> bool {
        let make = || async { Some(Bytes::from_static(b"page")) };
        !kept.report(key(name), make).await.expect("it is made").1
    }

    #[tokio::test(start_paused = true)]
    async fn a_report_is_made_once_while_it_is_fresh() {
        let kept = Kept::new(Bounds::LOCAL);
        assert_eq!([made(&kept, "a").await, made(&kept, "a").await], [true, false]);
        tokio::time::advance(Bounds::LOCAL.fresh_for).await;
        assert!(made(&kept, "a").await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_form_that_nobody_asks_for_is_not_made() {
        let kept = Kept::new(Bounds::LOCAL);
        let (name, senders, _) = key("a");
        let document = (name, senders, Form::Json);
        made(&kept, "a").await;
        let make = || async { Some(Bytes::from_static(b"{}")) };
        let found = kept.report(document, make).await;
        assert_eq!(found, Some((Bytes::from_static(b"{}"), false)));
    }

    #[tokio::test(start_paused = true)]
    async fn of_too_many_the_oldest_is_forgotten() {
        let kept = Kept::new(Bounds { kept: 2, ..Bounds::LOCAL });
        for name in ["a", "b", "c"] {
            made(&kept, name).await;
            tokio::time::advance(std::time::Duration::from_millis(1)).await;
        }
        assert_eq!([made(&kept, "c").await, made(&kept, "a").await], [false, true]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_kept_has_a_size() {
        let kept = Kept::new(Bounds { kept_octets: 7, ..Bounds::LOCAL });
        for name in ["a", "b", "c"] {
            made(&kept, name).await;
            tokio::time::advance(std::time::Duration::from_millis(1)).await;
        }
        let slots = kept.slots.lock().unwrap();
        assert_eq!(slots.len(), 2);
    }
}
