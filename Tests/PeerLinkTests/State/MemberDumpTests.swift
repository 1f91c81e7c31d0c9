import ClusterLog
import Replication
import Testing
import Values

@testable import PeerLink

@Suite struct MemberDumpTests {
    private func dump(
        _ sha256: String, files: [String: String] = [:], jobs: [String: String] = ["node_list": "1"]
    ) -> MemberDump {
        let end = AppliedEntry(LogPlace(index: 7, chain: .start), term: Term(generation: 1, epoch: 3))
        let table = ReplicatedDump.Table(name: "members", rows: 2, sha256: sha256)
        return MemberDump(ReplicatedDump(at: end, tables: [table]), files: files, jobs: jobs)
    }

    @Test func itComesOverAsItIs() {
        let sent = dump("00", files: ["etc/ssl/ssl.key": "is missing"])
        #expect(MemberDump(sent.value) == sent)
        for name in ["end", "tables", "lacks_past", "files", "jobs"] {
            var members = sent.value.map ?? [:]
            members[name] = .null
            #expect(MemberDump(.map(members)) == nil, "\(name)")
        }
    }

    @Test func whatIsNotTheSameIsNamed() {
        let own = dump("00")
        #expect(own.differences(of: 11, from: dump("00"), of: 12) == [])
        #expect(
            own.differences(of: 11, from: dump("01"), of: 12) == ["table members of node 12 is not that of node 11"])
        let others = dump("00", jobs: ["node_list": "2", "own_job": "1"])
        #expect(
            own.differences(of: 11, from: others, of: 12) == [
                "job node_list of node 12 is not that of node 11", "job own_job is known to node 12 and not to node 11",
            ])
        #expect(
            others.differences(of: 12, from: own, of: 11).last == "job own_job is known to node 12 and not to node 11")
        #expect(dump("00", files: ["a/b": "is missing"]).faults(of: 13) == ["file a/b of node 13 is missing"])
    }
}
