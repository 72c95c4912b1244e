//! The channel by itself: order, bounds, closing, waiting, and that nothing is dropped under its lock.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

use ffi_safety::{Channel, Error};

const LONG: Duration = Duration::from_secs(30);

#[test]
fn items_come_out_as_they_went_in() {
    let channel = Channel::new(2).unwrap();
    assert_eq!(channel.pop(), Err(Error::Empty));
    channel.push("a").unwrap();
    channel.push("b").unwrap();
    assert_eq!(channel.push("c"), Err(("c", Error::Full)));
    assert_eq!((channel.pop(), channel.pop(), channel.len()), (Ok("a"), Ok("b"), 0));
    assert_eq!(Channel::<()>::new(0).unwrap_err(), Error::NoCapacity);
}

#[test]
fn what_is_in_a_closed_channel_comes_out() {
    let channel = Channel::new(2).unwrap();
    channel.push(1).unwrap();
    channel.close();
    assert_eq!(channel.push(2), Err((2, Error::Closed)));
    assert_eq!((channel.pop(), channel.pop()), (Ok(1), Err(Error::Closed)));
}

#[test]
fn who_waits_is_woken() {
    let channel = Channel::new(1).unwrap();
    let began = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| channel.wait_for_item(LONG));
        thread::sleep(Duration::from_millis(20));
        channel.push(1).unwrap();
    });
    thread::scope(|scope| {
        scope.spawn(|| channel.wait_for_room(LONG));
        thread::sleep(Duration::from_millis(20));
        channel.close();
    });
    assert!(began.elapsed() < LONG / 2);
}

#[test]
fn nobody_waits_longer_than_asked() {
    let channel = Channel::<()>::new(1).unwrap();
    channel.wait_for_item(Duration::from_millis(10));
    channel.wait_for_room(LONG);
    assert_eq!(channel.pop(), Err(Error::Empty));
}

/// Uses its channel when it is dropped: with the lock held, that would deadlock.
struct Reentrant(Weak<Channel<Reentrant>>, Arc<AtomicUsize>);

impl Drop for Reentrant {
    fn drop(&mut self) {
        if let Some(channel) = self.0.upgrade() {
            self.1.fetch_add(1 + channel.len(), Ordering::Relaxed);
        }
    }
}

#[test]
fn nothing_is_dropped_under_the_lock() {
    let (channel, dropped) = (Arc::new(Channel::new(3).unwrap()), Arc::new(AtomicUsize::new(0)));
    let item = || Reentrant(Arc::downgrade(&channel), dropped.clone());
    for _ in 0..3 {
        assert!(channel.push(item()).is_ok());
    }
    drop(channel.push(item()));
    assert_eq!(dropped.swap(0, Ordering::Relaxed), 4, "refused, with three in the channel");
    drop(channel.pop());
    assert_eq!(dropped.swap(0, Ordering::Relaxed), 3);
    drop(channel.drain());
    assert_eq!(dropped.load(Ordering::Relaxed), 2);
}

#[test]
fn many_threads_lose_nothing() {
    const EACH: u64 = 5_000;
    let channel = Channel::new(7).unwrap();
    let total: u64 = thread::scope(|scope| {
        let makers: Vec<_> = (0..4)
            .map(|maker| {
                let channel = &channel;
                scope.spawn(move || {
                    for number in 0..EACH {
                        let mut item = maker * EACH + number;
                        while let Err((back, Error::Full)) = channel.push(item) {
                            item = back;
                            channel.wait_for_room(LONG);
                        }
                    }
                })
            })
            .collect();
        let takers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut sum = 0;
                    loop {
                        match channel.pop() {
                            Ok(item) => sum += item,
                            Err(Error::Closed) => return sum,
                            Err(_) => channel.wait_for_item(Duration::from_millis(50)),
                        }
                    }
                })
            })
            .collect();
        makers.into_iter().for_each(|maker| maker.join().unwrap());
        channel.close();
        takers.into_iter().map(|taker| taker.join().unwrap()).sum()
    });
    assert_eq!(total, (0..4 * EACH).sum::<u64>());
}
