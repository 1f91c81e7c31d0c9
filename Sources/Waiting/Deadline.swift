/// Why work that had a deadline gave no value.
package enum Interruption<Failure: Error>: Error {
    /// The deadline passed first; the work was cancelled, and has ended.
    case deadline
    /// The calling task was cancelled first; so was the work, and it has ended.
    case cancelled
    /// The work ended in time, with this.
    case failed(Failure)
}

extension Interruption: Equatable where Failure: Equatable {}

/// Does work that is cancelled when a deadline passes before it ends; in any case it has ended on return.
///
/// - Parameter passed: Returns when the deadline has passed, and soon when it is cancelled, as the sleep of a clock does.
/// - Throws: ``Interruption``.
package func withDeadline<Success: Sendable, Failure: Error>(
    _ passed: @escaping @Sendable () async -> Void,
    _ work: @escaping @Sendable () async throws(Failure) -> Success
) async throws(Interruption<Failure>) -> Success {
    let first = await withTaskGroup(of: Result<Success, Failure>?.self) { group in
        group.addTask {
            do throws(Failure) {
                return .success(try await work())
            } catch {
                return .failure(error)
            }
        }
        group.addTask {
            await passed()
            return nil
        }
        let first = await group.next() ?? nil
        group.cancelAll()
        // What the work left behind is cleared away before the caller goes on.
        await group.waitForAll()
        return first
    }
    switch first {
    case .success(let value): return value
    case .failure(let failure): throw .failed(failure)
    case nil: throw Task.isCancelled ? .cancelled : .deadline
    }
}
