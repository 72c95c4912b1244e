//! Tests of the core through the rlib, without Python.

use debugging_example::{discounted, Basket, Error, Line};

fn line(article: &str, cents: u64, pieces: u32) -> Line {
    Line { article: article.to_owned(), cents, pieces }
}

#[test]
fn sums_pieces() {
    let basket = Basket::new(vec![line("tea", 450, 2), line("cup", 1250, 1)]).unwrap();
    assert_eq!(basket.total(|line| Ok::<_, Error>(line.cents)), Ok(2150));
    assert_eq!(basket.total(|line| discounted(line.cents, 10)), Ok(2 * 405 + 1125));
}

#[test]
fn rounds_for_the_buyer() {
    assert_eq!(discounted(999, 10), Ok(899));
    assert_eq!(discounted(u64::MAX, 0), Ok(u64::MAX));
    assert_eq!(discounted(1, 100), Ok(0));
}

#[test]
fn refuses() {
    assert_eq!(discounted(1, 101), Err(Error::Percent(101)));
    assert_eq!(Basket::new(vec![line("tea", 1, 0)]), Err(Error::NoPieces));
    let dear = Basket::new(vec![line("yacht", u64::MAX, 2)]).unwrap();
    assert_eq!(dear.total(|line| Ok::<_, Error>(line.cents)), Err(Error::Overflow));
}

#[test]
fn the_first_error_ends_it() {
    let basket = Basket::new(vec![line("tea", 1, 1), line("cup", 1, 1)]).unwrap();
    let mut asked = 0;
    let end = basket.total(|_| {
        asked += 1;
        Err::<u64, _>(Error::Percent(200))
    });
    assert_eq!((end, asked), (Err(Error::Percent(200)), 1));
}
