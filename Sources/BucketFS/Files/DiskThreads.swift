import NIOCore
import NIOPosix
import Posix

/// Runs what may wait for a disk on threads that serve no connection, as the account they are for.
final class DiskThreads: Sendable {
    /// The daemon's own, for what no service's account does itself.
    static let own = DiskThreads(nil, count: 2)

    private let threads: AccountThreads
    private let name: String

    /// - Parameter account: `nil` for the daemon's own.
    init(_ account: FileAccount?, count: Int) {
        name = account?.description ?? "own"
        threads = AccountThreads(account, count: count, name: "files \(account.map { "\($0.user)" } ?? "")")
    }

    /// Does something on one of the threads; it must start no thread and wake no task.
    ///
    /// - Throws: what the work throws; `failed` when the thread could not become the account.
    func run<Answer: Sendable>(
        _ work: @escaping @Sendable () throws(BucketFault) -> Answer
    ) async throws(BucketFault) -> Answer {
        // A thread that goes on with a task may start others, which would be the account's then: a loop goes on with it.
        let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? MultiThreadedEventLoopGroup.singleton.any()
        let answer = loop.makePromise(of: Result<Answer, BucketFault>.self)
        threads.add { [name] fault in
            answer.succeed(fault.map { .failure(.failed("no thread can be \(name): \($0)")) } ?? Result(catching: work))
        }
        let result: Result<Answer, BucketFault>
        do { result = try await answer.futureResult.get() } catch { throw .failed("\(error)") }
        return try result.get()
    }

    /// Does something nobody waits for, and nothing when the thread cannot become the account.
    func add(_ work: @escaping @Sendable () -> Void) {
        threads.add { fault in if fault == nil { work() } }
    }
}
