import Testing

@testable import EtcdStore

/// Which member may begin on which data folder, and which process is whose.
struct EtcdBeginningTests {
    private static func identity(_ generation: Int = 2, life: Int = 1, node: Int = 11) -> EtcdIdentity {
        EtcdIdentity(cluster: "c1", generation: generation, node: node, life: life)
    }

    private static let version = EtcdVersion(major: 3, minor: 4, patch: 23)

    @Test func eachFolderHasItsVerdict() {
        let wanted = Self.identity()
        let old = EtcdVersion(major: 3, minor: 4, patch: 1)
        let other = EtcdVersion(major: 3, minor: 5, patch: 20)
        let folder = "/exa/etcd/data"
        let (second, former, next) = (Self.identity(life: 2), Self.identity(1), Self.identity(3))
        let stranger = EtcdIdentity(cluster: "c2", generation: 9, node: 11)
        typealias Verdict = Result<EtcdBeginning, EtcdRefusal>
        let rows: [(EtcdIdentity?, EtcdVersion, Bool, Verdict)] = [
            (nil, Self.version, false, .success(.first)),
            (nil, Self.version, true, .failure(.otherData(found: nil, wanted: wanted, folder: folder))),
            (wanted, Self.version, true, .success(.again)), (wanted, old, true, .success(.again)),
            (wanted, other, true, .failure(.otherVersion(data: other, program: Self.version))),
            // It had data and has none: it must not vote again.
            (wanted, Self.version, false, .failure(.dataLost(wanted, folder: folder))),
            (wanted, other, false, .failure(.dataLost(wanted, folder: folder))),
            // Another member of this node has been there since.
            (second, Self.version, false, .failure(.outlived(found: second, wanted: wanted, folder: folder))),
            (second, Self.version, true, .failure(.outlived(found: second, wanted: wanted, folder: folder))),
            (next, Self.version, false, .failure(.outlived(found: next, wanted: wanted, folder: folder))),
            // A new member where a former one lost its data.
            (former, Self.version, false, .success(.first)),
            (former, Self.version, true, .failure(.otherData(found: former, wanted: wanted, folder: folder))),
            (stranger, Self.version, false, .success(.first)),
            (stranger, Self.version, true, .failure(.otherData(found: stranger, wanted: wanted, folder: folder))),
        ]
        for (number, row) in rows.enumerated() {
            let record = row.0.map { EtcdFolderRecord($0, version: row.1) }
            let found = Verdict { () throws(EtcdRefusal) in
                try EtcdBeginning.decide(
                    wanted, record: record, hasData: row.2, version: Self.version, folder: folder)
            }
            #expect(found == row.3, "row \(number)")
        }
    }

    /// Who was taken out and is let in anew begins with nothing; who is told the same again goes on.
    @Test func dataOfAMemberThatIsNoneAnyMoreAreOfNoUse() throws {
        let (wanted, own, other) = (Self.identity(life: 2), EtcdMemberID(7), EtcdMemberID(.max))
        typealias Verdict = Result<EtcdBeginning, EtcdRefusal>
        let lost = EtcdRefusal.dataLost(wanted, folder: "/f")
        let rows: [(EtcdIdentity?, EtcdMemberID?, Bool, Verdict)] = [
            (nil, nil, false, .success(.first)),
            (nil, nil, true, .failure(.otherData(found: nil, wanted: wanted, folder: "/f"))),
            (wanted, own, true, .success(.again)), (wanted, own, false, .failure(lost)),
            (wanted, other, true, .success(.anew)), (wanted, other, false, .success(.first)),
            (wanted, nil, true, .success(.anew)), (Self.identity(life: 1), other, true, .success(.anew)),
            (Self.identity(1), nil, true, .success(.anew)),
            // Another cluster's may be all that is left of it.
            (
                EtcdIdentity(cluster: "c2", generation: 1, node: 11), other, true,
                .failure(
                    .otherData(
                        found: EtcdIdentity(cluster: "c2", generation: 1, node: 11), wanted: wanted, folder: "/f"))
            ),
        ]
        for (number, row) in rows.enumerated() {
            let record = row.0.map { EtcdFolderRecord($0, version: Self.version, member: row.1) }
            let found = Verdict { () throws(EtcdRefusal) in
                try EtcdBeginning.decide(
                    wanted, admitted: own, record: record, hasData: row.2, version: Self.version, folder: "/f")
            }
            #expect(found == row.3, "row \(number)")
        }
    }

    @Test func aRecordIsReadAsItWasWritten() {
        let admitted = EtcdFolderRecord(Self.identity(), version: Self.version, member: EtcdMemberID(.max))
        #expect(EtcdFolderRecord(reading: admitted.bytes) == admitted)
        let record = EtcdFolderRecord(Self.identity(life: 4), version: Self.version)
        #expect(EtcdFolderRecord(reading: record.bytes) == record)
        for text in ["", "{}", "[]", #"{"cluster":"c","generation":1,"node":1,"life":1,"etcd":"3"}"#] {
            #expect(EtcdFolderRecord(reading: Array(text.utf8)) == nil)
        }
        #expect(record.identity.name == "n11.4" && Self.identity().name == "n11" && record.identity.token == "c1-2")
    }

    @Test func aPidFileIsReadAsItWasWritten() {
        let run = EtcdRun(id: 4711, startedTicks: 99)
        #expect(EtcdRun(reading: run.bytes) == run)
        for text in ["", "4711", "1 5", "-3 5", "0 5", "4711 x", "99999999999 1", "4711 5 6", "4711 -1"] {
            #expect(EtcdRun(reading: Array(text.utf8)) == nil, "\(text)")
        }
    }

    @Test func onlyTheProcessOfTheMemberIsItsOwn() {
        let claim = EtcdClaim(program: "/usr/bin/etcd", user: 7, identity: Self.identity(), data: "/exa/etcd/data")
        let own = ProcessFacts(
            EtcdRun(id: 5, startedTicks: 1), user: 7, program: "/usr/bin/etcd",
            arguments: ["/usr/bin/etcd", "--name=n11", "--data-dir=/exa/etcd/data", "--pre-vote"])
        #expect(claim.covers(own))
        let changes: [(inout ProcessFacts) -> Void] = [
            { $0.user = 0 }, { $0.program = "/usr/bin/sleep" }, { $0.arguments = [] },
            { $0.arguments[1] = "--name=n11.2" }, { $0.arguments[2] = "--data-dir=/exa/etcd/data2" },
        ]
        for (number, change) in changes.enumerated() {
            var other = own
            change(&other)
            #expect(!claim.covers(other), "row \(number)")
        }
    }

    @Test func anEndIsToldByWhatTheSystemAndEtcdSay() {
        let fatal =
            #"{"level":"fatal","ts":"t","msg":"discovery failed","error":"listen tcp 10.0.0.1:1: bind: in use"}"#
        let full =
            #"{"level":"fatal","msg":"failed to save","error":"write /exa/etcd/data/member/wal/0.wal: no space left on device"}"#
        let rows: [(Int32?, String, String, Bool)] = [
            (0, "", "exit code 0", false), (256, "", "exit code 1", false), (9, "", "signal 9", false),
            (nil, "", "nobody was told how", false), (0x8B, "", "signal 11", false),
            (256, "\(fatal)\n", "exit code 1, discovery failed: listen tcp 10.0.0.1:1: bind: in use", false),
            (
                256, "x\n\(full)\ngoroutine 1\n",
                "exit code 1, failed to save: write /exa/etcd/data/member/wal/0.wal: no space left on device", true
            ),
            (
                512, "panic: tocommit is out of range\n\ngoroutine 1 [running]:\n",
                "exit code 2, panic: tocommit is out of range", false
            ),
            (256, #"{"level":"warn","msg":"no space left on device"}"#, "exit code 1", false),
            (
                256, #"{"level":"fatal","msg":"x","error":"disk quota exceeded"}"#,
                "exit code 1, x: disk quota exceeded", true
            ),
        ]
        for (number, row) in rows.enumerated() {
            let end = EtcdEnd(waited: row.0, log: Array(row.1.utf8))
            #expect(end.description == row.2, "row \(number)")
            #expect(end.isForLackOfRoom == row.3, "row \(number)")
        }
    }

    @Test func refusalsSayWhatToDo() {
        let wanted = Self.identity()
        let refusals: [EtcdRefusal] = [
            .notInstalled(path: "/usr/bin/etcd"), .unsupported(path: "/usr/bin/etcd", told: "x"),
            .noAccount("confd-etcd"),
            .dataLost(wanted, folder: "/f"), .otherData(found: nil, wanted: wanted, folder: "/f"),
            .otherVersion(data: Self.version, program: Self.version), .lockedByStranger(lock: "/l"),
        ]
        let cures = [
            "apt-get install", "apt-get install", "useradd", "join it as a new member", "Move it", "Install", "fuser",
        ]
        for (refusal, cure) in zip(refusals, cures) { #expect("\(refusal)".contains(cure)) }
    }
}
