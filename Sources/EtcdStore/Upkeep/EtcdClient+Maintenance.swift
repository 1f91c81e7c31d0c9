package import ClusterLog
import Values

// What is asked of etcd about itself.
extension EtcdClient {
    /// Defragmenting takes a second for 80 MiB, and the member answers nobody meanwhile.
    private static let longPatience = Duration.seconds(60)

    /// What a member says of itself; `nil` for whoever is next.
    package func status(of endpoint: EtcdEndpoint? = nil) async throws(EtcdError) -> EtcdStatus {
        do throws(EtcdFault) {
            return try await call("/v3/maintenance/status", [:], of: endpoint) { (answer) throws(EtcdFault) in
                try EtcdStatus(answer)
            }
        } catch {
            throw error.meaning
        }
    }

    /// The alarms of all members.
    package func alarms() async throws(EtcdError) -> [EtcdAlarm] {
        do throws(EtcdFault) {
            return try await call("/v3/maintenance/alarm", ["action": "GET"]) { (answer) throws(EtcdFault) in
                guard let list = EtcdFields.list(answer["alarms"]) else { throw .unreadable("list of alarms") }
                var alarms: [EtcdAlarm] = []
                for alarm in list { alarms.append(try EtcdAlarm(alarm)) }
                return alarms
            }
        } catch {
            throw error.meaning
        }
    }

    /// Takes an alarm back; it comes again when its reason is still there.
    package func disarm(_ alarm: EtcdAlarm) async throws(EtcdError) {
        let body: Value = [
            "action": "DEACTIVATE", "memberID": alarm.member.value, "alarm": .string(alarm.kind.name),
        ]
        try await order("/v3/maintenance/alarm", body)
    }

    /// Has a member give room back to its disk; it takes up to a minute.
    package func defragment(_ endpoint: EtcdEndpoint) async throws(EtcdError) {
        try await order("/v3/maintenance/defragment", [:], of: endpoint, patience: Self.longPatience)
    }

    /// Forgets what was before a revision and returns when the room is free; it takes up to a minute.
    package func compactWholly(before revision: Int) async throws(EtcdError) {
        do throws(EtcdFault) {
            try await compact(before: revision, isAwaited: true, patience: Self.longPatience)
        } catch {
            throw error.meaning
        }
    }

    /// Has another member lead.
    ///
    /// - Parameter leader: Where the one answers that leads; only that one can pass it on.
    package func passLeadership(to member: EtcdMemberID, by leader: EtcdEndpoint) async throws(EtcdError) {
        try await order("/v3/maintenance/transfer-leadership", ["targetID": member.value], of: leader)
    }

    /// A call whose answer says nothing.
    func order(
        _ path: String, _ body: Value, of endpoint: EtcdEndpoint? = nil, patience: Duration? = nil
    ) async throws(EtcdError) {
        do throws(EtcdFault) {
            try await call(path, body, of: endpoint, patience: patience) { _ in }
        } catch {
            throw error.meaning
        }
    }
}
