import JobEngine
import Values

/// Members that say how a job is to wait and how long it may take.
extension BodyReader {
    /// A number of seconds a job may take.
    mutating func timeout(_ name: String) -> Duration? {
        guard let value = value(name) else { return nil }
        return timeout(name, value)
    }

    /// The same, where a null takes it away.
    mutating func timeoutChange(_ name: String) -> JobAmendment.Change<Duration> {
        guard let value = value(name) else { return .keep }
        if value == .null { return .remove }
        return timeout(name, value).map { .set($0) } ?? .keep
    }

    private mutating func timeout(_ name: String, _ value: Value) -> Duration? {
        let timeout = Duration(seconds: value)
        if timeout == nil { refuse(name, Duration.timeoutHint) }
        return timeout
    }

    /// The number of a revision.
    mutating func revision(_ name: String) -> Int? {
        guard let revision = int(name) else { return nil }
        if revision < 1 { refuse(name, "revisions are counted from 1.") }
        return revision
    }

    /// Ids of jobs.
    mutating func jobIDs(_ name: String) -> [JobID] {
        let names = texts(name) ?? []
        let ids = names.map { JobID($0) }
        for (index, id) in ids.enumerated() where id == nil {
            refuse("\(name)/\(index)", "it is no id of a job, as in 11.89.")
        }
        if ids.count > JobRequest.mostDependencies {
            refuse(name, "at most \(JobRequest.mostDependencies) may be given.")
        }
        return ids.compactMap { $0 }
    }
}
