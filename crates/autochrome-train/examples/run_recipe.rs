//! Temporary driver.
use autochrome_train::*;
use std::time::Duration;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let recipe = Recipe::parse(&std::fs::read_to_string(&a[1]).unwrap()).unwrap();
    let o = RunOptions {
        data: a[2].clone().into(),
        validation: Some(a[3].clone().into()),
        out: a[4].clone().into(),
        resume: true,
        steps: std::env::var("STEPS").ok().map(|s| s.parse().unwrap()),
        device: a[5].clone(),
        start: a.get(6).map(Into::into),
        checkpoint_every: Duration::from_secs(300),
        cache_bytes: 2 << 30,
        data_note: std::env::var("NOTE").unwrap_or_default(),
        date: "2026-11-23".into(),
    };
    let stop = std::sync::atomic::AtomicBool::new(false);
    let s = run(&recipe, &o, &stop, |e| println!("{e:?}"));
    println!("{s:?}");
}
