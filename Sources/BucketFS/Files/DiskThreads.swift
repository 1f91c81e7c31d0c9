import NIOPosix

/// Runs what may wait for a disk on threads that serve no connection.
enum DiskThreads {
    static func run<Answer: Sendable>(
        _ work: @escaping @Sendable () throws(BucketFault) -> Answer
    ) async throws(BucketFault) -> Answer {
        let result: Result<Answer, BucketFault>
        do {
            result = try await NIOThreadPool.singleton.runIfActive { Result(catching: work) }
        } catch {
            // The caller was cancelled before it began.
            throw .failed("\(error)")
        }
        return try result.get()
    }
}
