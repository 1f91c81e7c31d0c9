import Synchronization

/// What commands say of themselves, in the order in which it was said.
final class CommandReports: Sendable {
    enum Report: Sendable {
        case progress(CommandProgress)
        case log(RunningLog)
    }

    private let reports = Mutex<[(key: CommandTasks.Key, report: Report)]>([])

    func append(_ report: Report, from key: CommandTasks.Key) {
        reports.withLock { $0.append((key, report)) }
    }

    /// All that was said, as the engine takes it; of a log only how it stands now.
    func take() -> [Input] {
        let told = reports.withLock { reports in
            defer { reports = [] }
            return reports
        }
        var logs: Set<CommandTasks.Key> = []
        return told.compactMap { key, report in
            switch report {
            case .progress(let progress): return .progressed(key.job, step: key.step, progress)
            case .log(let log):
                guard logs.insert(key).inserted else { return nil }
                return .logged(key.job, step: key.step, log.lines, isUndo: key.isUndo)
            }
        }
    }
}
