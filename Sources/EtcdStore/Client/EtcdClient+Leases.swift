package import ClusterLog
import Values

// Leases.
extension EtcdClient {
    package func grantLease(_ lifetime: Duration) async throws(EtcdError) -> Int {
        let (seconds, rest) = lifetime.components
        let body: Value = ["TTL": .number(Int(max(1, seconds + (rest > 0 ? 1 : 0))))]
        do throws(EtcdFault) {
            return try await call("/v3/lease/grant", body) { (answer) throws(EtcdFault) in
                guard let lease = EtcdFields.number(answer["ID"]), lease > 0 else { throw .unreadable("lease") }
                return lease
            }
        } catch {
            throw error.meaning
        }
    }

    package func keepAlive(_ lease: Int) async throws(EtcdError) -> Bool {
        do throws(EtcdFault) {
            return try await within { (client, endpoint) throws(EtcdFault) in
                let bytes = try await client.transport.answer(
                    "/v3/lease/keepalive", ["ID": .number(lease)], from: endpoint)
                // The answer is a stream of one line.
                let result = try EtcdLine.result(bytes.prefix { $0 != UInt8(ascii: "\n") })
                guard EtcdFields.number(result["ID"]) == lease, let seconds = EtcdFields.number(result["TTL"]) else {
                    throw .unreadable("lease")
                }
                return seconds > 0
            }
        } catch {
            if case .refused(let refusal) = error, refusal.isNotFound { return false }
            throw error.meaning
        }
    }

    package func revoke(_ lease: Int) async throws(EtcdError) {
        do throws(EtcdFault) {
            try await call("/v3/lease/revoke", ["ID": .number(lease)]) { _ in }
        } catch {
            // It has ended by itself.
            if case .refused(let refusal) = error, refusal.isNotFound { return }
            throw error.meaning
        }
    }
}
