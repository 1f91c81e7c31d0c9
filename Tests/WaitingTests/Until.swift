/// Returns once the condition holds; the time limit of the test ends the wait by cancelling it.
func wait(until condition: () -> Bool) async throws {
    while !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}

/// Returns when its task is cancelled, like the sleep of a clock that nobody moves.
func untilCancelled() async {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    for await _ in stream {}
    continuation.finish()
}
