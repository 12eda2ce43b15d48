use std::collections::HashMap;

fn collatz(mut n: u64) -> u32 {
    let mut steps = 0;
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        steps += 1;
    }
    steps
}

#[inline(never)]
fn words(text: &str) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word.to_string()).or_insert(0) += 1;
    }
    counts
}

fn main() {
    let n: u64 = std::env::args().nth(1).map(|s| s.parse().unwrap()).unwrap_or(3000);
    let best = (1..n).map(|i| (collatz(i), i)).max().unwrap();
    let text: String = (0..n).map(|i| format!("w{} ", i % 37)).collect();
    println!("{:?} {}", best, words(&text).len());
}
