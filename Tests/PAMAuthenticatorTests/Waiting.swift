/// Returns once the condition holds; the time limit of the test ends the wait by cancelling it.
func wait(until condition: () -> Bool) async throws {
    while !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}
