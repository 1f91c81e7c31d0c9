/// Work and what ends it early.
enum Race {
    /// The outcome of the work, or `nil` when `end` returned before it; the work was cancelled then, and has ended.
    static func outcome<Result: Sendable>(
        of work: @escaping @Sendable () async throws(ActionError) -> Result,
        before end: @escaping @Sendable () async -> Void
    ) async -> Swift.Result<Result, ActionError>? {
        await withTaskGroup(of: Swift.Result<Result, ActionError>?.self) { group in
            group.addTask {
                do throws(ActionError) {
                    return .success(try await work())
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await end()
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            // What the work left behind is cleared away before the caller goes on.
            await group.waitForAll()
            return first
        }
    }
}
