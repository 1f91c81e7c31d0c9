import Application
import JobEngine
import Logging
import NodeAgent
import Series
import ServiceLifecycle
import Waiting

/// Keeps the figures of this node over time: looks once a minute, and has them on the disk once an hour and when the daemon
/// stops.
struct SeriesService: Service {
    private let board: SeriesBoard
    private let sampler: SeriesSampler
    private let file: SeriesFile
    private let logger: Logger
    // A slow disk holds up nobody else.
    private let thread: ThreadPool

    init(_ engine: Engine) {
        (board, logger) = (engine.series, engine.logger)
        let file = SeriesFile(in: engine.installation.storeDirectory)
        let thread = ThreadPool(name: "confd-series", threads: 1, queueLimit: 1)
        (self.file, self.thread) = (file, thread)
        sampler = SeriesSampler(
            board, health: engine.health, scheduler: engine.scheduler, durations: engine.metrics.durations,
            time: engine.time, look: { Machine.counters() }
        ) { [board, logger] in await Self.keep(board, in: file, on: thread, logger: logger) }
    }

    func run() async {
        if let kept = try? await thread.run({ [file] in file.read() }) {
            board.restore(kept.book)
            if let note = kept.note { logger.warning("figures over time", metadata: ["cause": "\(note)"]) }
        }
        await cancelWhenGracefulShutdown { [sampler] in await sampler.run() }
        await Self.keep(board, in: file, on: thread, logger: logger)
    }

    private static func keep(_ board: SeriesBoard, in file: SeriesFile, on thread: ThreadPool, logger: Logger) async {
        let fault = try? await thread.run { () -> InstallError? in
            do throws(InstallError) {
                try file.write(board.file)
                return nil
            } catch {
                return error
            }
        }
        guard let fault else { return }
        logger.warning("figures over time are not on the disk", metadata: ["cause": "\(fault)"])
    }
}
