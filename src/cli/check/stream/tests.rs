use super::*;
use crate::dns::{Answer, Outcome, Provenance};
use crate::net::Name;
use crate::web::Unasked;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use tokio::sync::{mpsc, oneshot};

fn inquiry(number: usize) -> Inquiry {
    Inquiry::about(Name::from_unicode(&format!("d{number}.example")).expect("a name"))
}

fn domain(inquiry: &Inquiry) -> Domain {
    audit::undecided(inquiry, "test".into())
}

/// Inquiries that come through a channel.
struct Channel(mpsc::UnboundedReceiver<Inquiry>);

impl Source for Channel {
    async fn next(&mut self) -> Option<Result<Inquiry, Error>> {
        self.0.recv().await.map(Ok)
    }
}

/// So many inquiries, and then the end.
fn several(count: usize) -> Channel {
    let (send, receive) = mpsc::unbounded_channel();
    (0..count).for_each(|number| send.send(inquiry(number)).expect("the channel is open"));
    Channel(receive)
}

/// What to do about a domain of this name.
type OnDomain<'t> = Box<dyn FnMut(&str) + 't>;

/// Notes what it hears, and may do something about it.
#[derive(Default)]
struct Notes<'t> {
    told: Vec<String>,
    /// What to do when a domain is handed on.
    on_domain: Option<OnDomain<'t>>,
    /// What to do when nothing else happens.
    on_rest: Option<Box<dyn FnMut() + 't>>,
    /// After how many domains nobody listens.
    patience: Option<usize>,
}

impl<'t> Notes<'t> {
    /// Acts once, when nothing else happens any more.
    fn at_rest(act: impl FnOnce() + 't) -> Self {
        let (mut act, mut ticks) = (Some(act), 0);
        let on_rest = move || {
            ticks += 1;
            // The first tick comes at once, and the next where the clock runs on.
            if let Some(act) = act.take_if(|_| ticks > 2) {
                act();
            }
        };
        Self { on_rest: Some(Box::new(on_rest)), ..Self::default() }
    }
}

impl Audience for Notes<'_> {
    fn begin(&mut self, is_many: bool, _: bool) -> Result<(), RunError> {
        self.told.push(if is_many { "many" } else { "few" }.to_owned());
        Ok(())
    }

    fn domain(&mut self, domain: Domain) -> Result<(), RunError> {
        let name = domain.domain.to_string();
        if let Some(act) = &mut self.on_domain {
            act(&name);
        }
        self.told.push(name);
        Ok(())
    }

    fn mistake(&mut self, mistake: Error) {
        self.told.push(mistake.to_string());
    }

    fn progress(&mut self, _: usize, _: Option<usize>) {
        if let Some(act) = &mut self.on_rest {
            act();
        }
    }

    fn is_gone(&self) -> bool {
        self.patience.is_some_and(|domains| self.told.len() > domains)
    }
}

/// Work that ends when the gate of its domain is opened.
struct Gates(Mutex<Vec<Option<oneshot::Sender<()>>>>, Mutex<Vec<Option<oneshot::Receiver<()>>>>);

impl Gates {
    fn closed(count: usize) -> Self {
        let (open, wait) =
            (0..count).map(|_| oneshot::channel()).map(|(s, r)| (Some(s), Some(r))).unzip();
        Self(Mutex::new(open), Mutex::new(wait))
    }

    fn open(&self, number: usize) {
        let gate = self.0.lock().expect("no test panics inside")[number].take();
        gate.into_iter().for_each(|gate| gate.send(()).unwrap_or_default());
    }

    fn work(&self, inquiry: Inquiry) -> impl Future<Output = Domain> + Send + 'static + use<> {
        let number = inquiry.domain.to_string();
        let number: usize = number[1..number.len() - ".example".len()].parse().expect("a number");
        let gate = self.1.lock().expect("no test panics inside")[number].take();
        async move {
            gate.expect("each is begun once").await.expect("each gate is opened");
            domain(&inquiry)
        }
    }
}

/// The clock runs on where nothing else does, so what waits for ever fails at once.
async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(3600), work).await.expect("nothing waits for ever")
}

#[tokio::test(start_paused = true)]
async fn a_report_is_handed_on_when_it_and_those_before_it_are_done() {
    let gates = Gates::closed(3);
    [1, 0].into_iter().for_each(|number| gates.open(number));
    let opens = |name: &str| {
        if name == "d1.example" {
            gates.open(2);
        }
    };
    let mut notes = Notes { on_domain: Some(Box::new(opens)), ..Notes::default() };
    let (mut source, work) = (several(3), |inquiry| gates.work(inquiry));
    let never = std::future::pending();
    in_time(stream(&mut source, work, never, false, &mut notes)).await.expect("it is written");
    // The third is done only because the second was handed on.
    assert_eq!(notes.told, ["few", "d0.example", "d1.example", "d2.example"]);
}

#[tokio::test(start_paused = true)]
async fn what_waits_for_one_domain_is_bounded() {
    let (begun, most, gates) = (AtomicUsize::new(0), AtomicUsize::new(0), Gates::closed(1000));
    (1..1000).for_each(|number| gates.open(number));
    let mut notes = Notes::at_rest(|| {
        most.store(begun.load(SeqCst), SeqCst);
        gates.open(0);
    });
    let work = |inquiry| {
        begun.fetch_add(1, SeqCst);
        gates.work(inquiry)
    };
    let never = std::future::pending();
    in_time(stream(&mut several(1000), work, never, false, &mut notes)).await.expect("written");
    assert_eq!(most.load(SeqCst), WINDOW);
}

#[tokio::test(start_paused = true)]
async fn no_more_than_some_are_examined_at_once() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let work = |inquiry| {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        async move {
            most.fetch_max(now.fetch_add(1, SeqCst) + 1, SeqCst);
            tokio::task::yield_now().await;
            now.fetch_sub(1, SeqCst);
            domain(&inquiry)
        }
    };
    let (mut source, never, mut notes) = (several(200), std::future::pending(), Notes::default());
    in_time(stream(&mut source, work, never, false, &mut notes)).await.expect("it is written");
    assert_eq!((notes.told.len(), most.load(SeqCst)), (201, AT_ONCE));
}

#[tokio::test(start_paused = true)]
async fn what_is_done_when_the_user_interrupts_is_handed_on() {
    let gates = Gates::closed(4);
    [0, 2].into_iter().for_each(|number| gates.open(number));
    let (press, pressed) = oneshot::channel();
    let mut notes = Notes::at_rest(|| press.send(()).unwrap_or_default());
    let interrupt = async { pressed.await.unwrap_or_default() };
    let work = |inquiry| gates.work(inquiry);
    let ended = in_time(stream(&mut several(4), work, interrupt, false, &mut notes)).await;
    let told = std::mem::take(&mut notes.told);
    assert_eq!(
        (ended.ok(), told),
        (Some(End::Interrupted), ["many", "d0.example", "d2.example"].map(str::to_owned).to_vec(),)
    );
}

#[tokio::test(start_paused = true)]
async fn a_list_that_goes_on_is_many_as_soon_as_it_has_four() {
    let (send, receive) = mpsc::unbounded_channel();
    (0..4).for_each(|number| send.send(inquiry(number)).expect("the channel is open"));
    let mut sender = Some(send);
    let closes = move |name: &str| {
        if name == "d3.example" {
            drop(sender.take());
        }
    };
    let mut notes = Notes { on_domain: Some(Box::new(closes)), ..Notes::default() };
    let work = |inquiry: Inquiry| async move { domain(&inquiry) };
    let mut source = Channel(receive);
    in_time(stream(&mut source, work, std::future::pending(), true, &mut notes))
        .await
        .expect("it is written");
    // The list ends only because all four were handed on.
    assert_eq!(notes.told.first().map(String::as_str), Some("many"));
}

#[tokio::test(start_paused = true)]
async fn with_nobody_to_write_for_the_rest_is_not_examined() {
    let mut notes = Notes { patience: Some(2), ..Notes::default() };
    let work = |inquiry: Inquiry| async move { domain(&inquiry) };
    let never = std::future::pending();
    let ended = in_time(stream(&mut several(500), work, never, false, &mut notes)).await;
    assert_eq!((ended.ok(), notes.told.len()), (Some(End::Unread), 3));
}

/// Says that no name exists; about names below `busy.example` it computes until it is stopped.
struct Busy(Arc<AtomicBool>);

impl Dns for Busy {
    fn lookup<'a>(&'a self, question: &'a Question) -> Lookup<'a> {
        let busy = Name::from_unicode("busy.example").expect("a name");
        while question.name.is_within(&busy) && !self.0.load(SeqCst) {
            std::hint::spin_loop();
        }
        let provenance = Provenance::Zone("test".into());
        let answer = Answer::new(question.clone(), Outcome::NxDomain, provenance);
        Box::pin(std::future::ready(Arc::new(answer)))
    }
}

/// The headlines of two domains, the first of which only computes.
async fn busy_and_idle() -> [String; 2] {
    let stop = Arc::new(AtomicBool::new(false));
    let dns: Arc<dyn Dns> = Arc::new(Busy(Arc::clone(&stop)));
    let about = |name| Inquiry::about(Name::from_unicode(name).expect("a name"));
    let one = |name, length| {
        let deadline = Deadline::new(Duration::from_millis(length));
        examine(Arc::clone(&dns), Arc::new(Unasked), about(name), Clock::default(), deadline)
    };
    let (busy, idle) = tokio::join!(one("busy.example", 5), one("idle.example", 600_000));
    stop.store(true, SeqCst);
    // The thread that was late ends before the runtime does.
    while Arc::strong_count(&dns) > 1 {
        tokio::task::yield_now().await;
    }
    [busy, idle].map(|domain| domain.headline.to_string())
}

#[tokio::test]
async fn the_deadline_ends_work_that_only_computes() {
    let [busy, _] = busy_and_idle().await;
    assert_eq!(busy, "undetermined: not finished within 0.005 s (--deadline)");
}

#[tokio::test]
async fn a_domain_that_only_computes_holds_up_no_other() {
    let [_, idle] = busy_and_idle().await;
    assert!(!idle.contains("--deadline"), "{idle}");
}

/// Never answers.
struct Silent;

impl Dns for Silent {
    fn lookup<'a>(&'a self, _: &'a Question) -> Lookup<'a> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn the_deadline_is_of_each_domain() {
    let deadline = Deadline::new(Duration::from_millis(5));
    let work =
        |inquiry| examine(Arc::new(Silent), Arc::new(Unasked), inquiry, Clock::default(), deadline);
    let (mut source, mut notes) = (several(3 * AT_ONCE), Notes::default());
    let begin = Instant::now();
    stream(&mut source, work, std::future::pending(), false, &mut notes).await.expect("written");
    // They take turns, and each turn has its own time.
    let turns = u32::try_from(3).expect("a number");
    let is_longer = begin.elapsed() >= Duration::from_millis(5) * turns;
    assert_eq!((notes.told.len(), is_longer), (3 * AT_ONCE + 1, true));
}
