//! Counts the work, for tests: bytes read, nodes made, places written.

#[cfg(test)]
std::thread_local! {
    static DONE: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// So many steps more. Nothing outside tests.
#[inline]
pub(crate) fn steps(_count: usize) {
    #[cfg(test)]
    DONE.with(|done| done.set(done.get() + _count));
}

/// The steps of this call.
#[cfg(test)]
pub(crate) fn counted<T>(call: impl FnOnce() -> T) -> usize {
    DONE.with(|done| done.set(0));
    call();
    DONE.with(std::cell::Cell::get)
}
