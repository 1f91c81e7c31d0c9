import Logging
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Unpacks archives in the background, one at a time, on a thread of its own.
///
/// What is unpacked follows from what is there: a place is looked at whenever one of its archives changed, and all of a
/// bucket when the daemon starts.
final class Unpacker: Sendable {
    private enum Work: Hashable {
        case place(ArchivePlace)
        case bucket(BucketFolder)
    }

    private struct State {
        var waiting: [Work] = []
        var isStopping = false
    }

    private let limits: ArchiveLimits
    private let logger: Logger
    private let state = Mutex(State())
    private let wake = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(limits: ArchiveLimits, logger: Logger) {
        (self.limits, self.logger) = (limits, logger)
    }

    /// To be called after a file was stored or removed; does nothing for what is no archive.
    func changed(_ file: BucketPath, in bucket: BucketFolder) {
        if let place = ArchivePlace(file, in: bucket) { add(.place(place)) }
    }

    /// Looks at all archives of a bucket.
    func survey(_ bucket: BucketFolder) { add(.bucket(bucket)) }

    /// Works until the daemon stops; what is half unpacked then is begun anew at the next start.
    func run() async {
        let threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
        await withGracefulShutdownHandler {
            for await _ in wake.stream.cancelOnGracefulShutdown() {
                while let work = next() {
                    try? await threads.runIfActive { self.perform(work) }
                }
            }
        } onGracefulShutdown: {
            self.state.withLock { $0.isStopping = true }
        }
        try? await threads.shutdownGracefully()
    }

    private func add(_ work: Work) {
        state.withLock { state in
            if !state.waiting.contains(work) { state.waiting.append(work) }
        }
        wake.continuation.yield()
    }

    private func next() -> Work? {
        state.withLock { state in
            state.isStopping || state.waiting.isEmpty ? nil : state.waiting.removeFirst()
        }
    }

    private var isStopping: Bool { state.withLock(\.isStopping) }

    private func perform(_ work: Work) {
        switch work {
        case .place(let place): settle(place)
        case .bucket(let bucket):
            var walk = FileWalk(bucket)
            var places: Set<ArchivePlace> = []
            while !isStopping, let files = try? walk.next() {
                for place in files.compactMap({ ArchivePlace($0, in: bucket) }) where places.insert(place).inserted {
                    settle(place)
                }
            }
            if !isStopping { ArchiveShelf(bucket).sweep(keeping: places) }
        }
    }

    private func settle(_ place: ArchivePlace) {
        let shelf = ArchiveShelf(place.bucket)
        do throws(ArchiveFault) {
            guard let unpacked = try shelf.settle(place, limits, isStopping: { self.isStopping }) else { return }
            logger.info(
                "archive unpacked", metadata: ["bucket": "\(place.bucket.path)", "archive": "\(unpacked.text)"])
        } catch {
            logger.warning(
                "archive is not shown unpacked",
                metadata: ["bucket": "\(place.bucket.path)", "place": "\(place.path.text)", "cause": "\(error)"])
        }
    }
}
