package import JobEngine
import Values

extension Notifier: NotificationTargets {
    package var standings: [NotificationStanding] {
        targets.map { target in
            let backlog = backlog(of: target.name)
            var standing = NotificationStanding(target.name, way: target.word)
            (standing.waiting, standing.delivered, standing.lost) = (backlog.count, backlog.delivered, backlog.lost)
            standing.fault = backlog.fault
            standing.since = backlog.faultSince.map { Timestamp(milliseconds: $0).description }
            return standing
        }
    }

    package func tryTarget(_ name: String) async throws(JobError) {
        guard let target = targets.first(where: { $0.name == name }) else {
            let known = targets.map(\.name).joined(separator: ", ")
            throw JobError(
                .objectMissing,
                "There is no target \(name.echoed). "
                    + (known.isEmpty
                        ? "The setting 'notifications.targets' names none."
                        : "The setting 'notifications.targets' names \(known)."))
        }
        do throws(DeliveryFault) {
            try await tell(trial, to: target)
        } catch {
            throw JobError(.jobFailed, "\(name) was not reached: \(error.description).")
        }
    }
}

extension NotificationTarget {
    /// The way, in a word.
    fileprivate var word: String {
        switch way {
        case .webhook: "webhook"
        case .mail: "mail"
        }
    }
}
