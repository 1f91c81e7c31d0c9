import Access
import Logging
import ServiceLifecycle
import Synchronization

/// Has archives unpacked in the background, one at a time, each by a process of its own.
///
/// What is unpacked follows from what is there: a place is looked at whenever one of its archives changed, and all of a
/// bucket when the daemon starts.
final class Unpacker: Sendable {
    private enum Work: Hashable {
        case place(ArchivePlace)
        case bucket(BucketFolder)

        var folder: BucketFolder {
            switch self {
            case .place(let place): place.bucket
            case .bucket(let bucket): bucket
            }
        }
    }

    private struct State {
        var waiting: [Work] = []
        var isStopping = false
        /// What is being unpacked, with what ends that.
        var current: (place: ArchivePlace, abandon: @Sendable () -> Void)?
    }

    private let limits: ArchiveLimits
    private let time: any TimeSource
    private let logger: Logger
    private let state = Mutex(State())
    private let wake = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    init(limits: ArchiveLimits, time: any TimeSource, logger: Logger) {
        (self.limits, self.time, self.logger) = (limits, time, logger)
    }

    /// To be called after a file was stored or removed; does nothing for what is no archive.
    func changed(_ file: BucketPath, in bucket: BucketFolder) {
        guard let place = ArchivePlace(file, in: bucket) else { return }
        add(.place(place))
        abandon { $0 == place }
    }

    /// Looks at all archives of a bucket.
    func survey(_ bucket: BucketFolder) { add(.bucket(bucket)) }

    /// Does no more for other buckets than these.
    func keep(_ buckets: Set<BucketFolder>) {
        state.withLock { state in state.waiting.removeAll { !buckets.contains($0.folder) } }
        abandon { !buckets.contains($0.bucket) }
    }

    /// Works until the daemon stops; what is half unpacked then is begun anew at the next start.
    func run() async {
        await withGracefulShutdownHandler {
            for await _ in wake.stream.cancelOnGracefulShutdown() {
                while let work = next() { await perform(work) }
            }
        } onGracefulShutdown: {
            self.state.withLock { $0.isStopping = true }
            self.abandon { _ in true }
        }
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

    private func abandon(_ isMeant: (ArchivePlace) -> Bool) {
        let end = state.withLock { state in
            state.current.flatMap { isMeant($0.place) ? $0.abandon : nil }
        }
        end?()
    }

    private var isStopping: Bool { state.withLock(\.isStopping) }

    private func perform(_ work: Work) async {
        switch work {
        case .place(let place): await settle(place)
        case .bucket(let bucket):
            guard let content = try? await bucket.open() else { return }
            var walk = FileWalk(content)
            var places: Set<ArchivePlace> = []
            while !isStopping, let files = try? await walk.advance() {
                for place in files.compactMap({ ArchivePlace($0, in: bucket) }) where places.insert(place).inserted {
                    await settle(place)
                }
            }
            guard !isStopping else { return }
            try? await bucket.owner.threads.run { [places] () throws(BucketFault) in
                UnpackedArchives(content).sweep(keeping: places)
            }
        }
    }

    private func settle(_ place: ArchivePlace) async {
        do throws(ArchiveFault) {
            guard
                let pending = try await inArchives(
                    of: place, { (archives) throws(ArchiveFault) in try archives.begin(place) })
            else { return }
            do throws(ArchiveFault) { try await unpack(pending) } catch {
                try await inArchives(of: place) { (archives) throws(ArchiveFault) in try archives.giveUp(pending, error)
                }
                throw error
            }
            try await inArchives(of: place) { (archives) throws(ArchiveFault) in try archives.show(pending) }
            logger.info(
                "archive unpacked",
                metadata: ["bucket": "\(place.bucket.path)", "archive": "\(pending.archive.path.text)"])
        } catch {
            logger.warning(
                "archive is not shown unpacked",
                metadata: ["bucket": "\(place.bucket.path)", "place": "\(place.path.text)", "cause": "\(error)"])
        }
    }

    /// Does something on the threads of the bucket's owner.
    private func inArchives<Answer: Sendable>(
        of place: ArchivePlace, _ work: @escaping @Sendable (UnpackedArchives) throws(ArchiveFault) -> Answer
    ) async throws(ArchiveFault) -> Answer {
        let answer: Result<Answer, ArchiveFault>
        do throws(BucketFault) {
            answer = try await place.bucket.work { (content) throws(BucketFault) in
                Result { () throws(ArchiveFault) in try work(UnpackedArchives(content)) }
            }
        } catch {
            throw .told(error.cause)
        }
        return try answer.get()
    }

    /// - Throws: `abandoned` when the archive changes meanwhile, `late` when it takes too long; no process is left then.
    private func unpack(_ pending: UnpackedArchives.Pending) async throws(ArchiveFault) {
        let (abandoned, abandon) = AsyncStream<Void>.makeStream()
        let isWanted = state.withLock { state in
            state.current = (pending.place, { abandon.finish() })
            return !state.isStopping && !state.waiting.contains(.place(pending.place))
        }
        defer { state.withLock { $0.current = nil } }
        guard isWanted else { throw .abandoned }
        let process = UnpackingProcess(
            order: UnpackingOrder(pending.archive.format, as: pending.place.bucket.owner.account, limits),
            archive: pending.archive.file, folder: pending.folder)
        let fault = await withTaskGroup(of: ArchiveFault?.self) { [time, limits] group in
            group.addTask {
                do throws(ArchiveFault) { try await process.run() } catch { return error }
                return nil
            }
            group.addTask {
                for await _ in abandoned {}
                return .abandoned
            }
            group.addTask {
                await time.sleep(until: time.monotonic + limits.time)
                return .late
            }
            defer { group.cancelAll() }
            return await group.next() ?? .abandoned
        }
        if let fault { throw fault }
    }
}
