import Access

extension ActionCall {
    /// Does work that takes long, and cancels it when the time of the command is over.
    ///
    /// - Throws: `timedOut` when the time was over first, else what the work throws.
    func bounded<Result: Sendable>(
        _ work: @escaping @Sendable () async throws(ActionError) -> Result
    ) async throws(ActionError) -> Result {
        try check()
        let outcome = await withTaskGroup(of: Swift.Result<Result, ActionError>?.self) { group in
            group.addTask { await Self.result(of: work) }
            group.addTask {
                await time.sleep(until: end)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            // The work was told to stop: what it left behind is cleared away before the caller goes on.
            await group.waitForAll()
            return .failure(Task.isCancelled ? .cancelled : .timedOut)
        }
        return try outcome.get()
    }

    private static func result<Result>(
        of work: () async throws(ActionError) -> Result
    ) async -> Swift.Result<Result, ActionError> {
        do throws(ActionError) {
            return .success(try await work())
        } catch {
            return .failure(error)
        }
    }
}
