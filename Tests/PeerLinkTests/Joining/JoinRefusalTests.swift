import Testing
import Values

@testable import PeerLink

@Suite struct JoinRefusalTests {
    private static let theirs = VersionSpan(node: 11, version: "0.5", levels: 3...4)
    private static let own = VersionSpan(node: nil, version: "0.3", levels: 1...2)
    private static let time = Timestamp(milliseconds: 1_796_061_720_000)

    /// What operators are told, and with what the command ends.
    private static let rows: [(JoinRefusal, String, Int32)] = [
        (
            .invitation(.used(at: time, from: "10.10.10.12"), node: 12, address: "10.10.10.12"),
            "The invitation for node 12 was used on 2026-11-30 18:02 from 10.10.10.12. Ask for another: confd cluster invite "
                + "10.10.10.12", 77
        ),
        (
            .invitation(.expired(at: time), node: 12, address: "10.10.10.12"),
            "The invitation for node 12 ended on 2026-11-30 18:02. Ask for another: confd cluster invite 10.10.10.12",
            77
        ),
        (
            .invitation(.unknown, node: 12, address: nil),
            "The cluster has no such invitation for node 12: it was withdrawn, or another took its place. Ask for another: "
                + "confd cluster invite ADDRESS", 77
        ),
        (
            .token(.mistyped), "The invitation is mistyped or not whole: copy it from its first letter to its last", 77
        ),
        (.turnedAway("Wait 8 s."), "Wait 8 s.", 77),
        (
            .otherAuthority(at: "10.10.10.11:20381"),
            "10.10.10.11:20381 belongs to another authority than the token names", 76
        ),
        (
            .rootInUse(RootContent(root: "/exa", revision: 17, jobs: 412, volumes: ["v1", "v2"])),
            "There is an installation here: revision 17, 412 jobs, volumes v1, v2. Join keeps volumes and databases only with "
                + "--replace, which moves EXAConf and history to /exa/etc/before-join", 73
        ),
        (
            .rootAhead(own: 42, cluster: 41),
            "There is an installation here with revision 42, and the cluster has revision 41: the higher one is never "
                + "replaced. Use an empty --root, or move this one away first", 73
        ),
        (
            .noEtcd,
            "etcd is not installed: apt-get install etcd-server, then systemctl disable --now etcd (the daemon runs its own)",
            69
        ),
        (
            .ports([
                PortProblem(20380, for: .etcdMembers, of: "10.10.10.12", .closed(from: "10.10.10.11")),
                PortProblem(20381, for: .nodes, of: "10.10.10.12", .taken(by: nil)),
            ]),
            "port 20380 is closed from 10.10.10.11 to 10.10.10.12: let it through every firewall between the two; port 20381 "
                + "of 10.10.10.12 is taken by another program: end that, or choose another port with the setting "
                + "cluster.ports.peer", 69
        ),
        (
            .versions(theirs, own: own),
            "node 11 runs 0.5 (levels 3-4), this is 0.3 (levels 1-2): install 0.4 or 0.5", 65
        ),
        (
            .clocks(node: 11, apart: .seconds(42)),
            "The clocks of node 11 and of this machine are 42 s apart, and certificates bear 5 s: have both follow a time "
                + "server (timedatectl set-ntp true)", 75
        ),
        (
            .address(invited: "10.10.10.12", found: ["10.10.10.22"]),
            "the invitation is for 10.10.10.12, this machine has 10.10.10.22", 65
        ),
        (.daemonRuns(root: "/exa"), "A daemon runs on /exa: stop it first (systemctl stop confd)", 69),
        (.unreachable("Nobody answers."), "Nobody answers.", 69), (.notNow("Later."), "Later.", 75),
        (.unusable("No."), "No.", 65),
    ]

    @Test func eachHasItsTextAndItsExitCode() {
        for (refusal, text, code) in Self.rows {
            #expect(refusal.description == text)
            #expect(refusal.exitCode == code, "\(text)")
        }
    }

    @Test func whatAMemberRefusesTravelsAsItIs() throws {
        for (refusal, text, code) in Self.rows {
            let read = try #require(JoinRefusal(refusal.value), "\(text)")
            #expect(read.description == text)
            switch refusal {
            case .invitation, .versions, .address, .notNow:
                #expect(read == refusal && read.exitCode == code)
            default: break
            }
        }
        for value: Value in [[:], ["kind": "invitation"], ["kind": "address"], ["kind": 1], .null, ["kind": "not-now"]]
        {
            #expect(JoinRefusal(value) == nil)
        }
    }

    @Test func versionsThatWouldDoAreNamed() {
        let rows: [(VersionSpan, VersionSpan, String)] = [
            (Self.theirs, Self.own, "install 0.4 or 0.5"),
            // A version that is too new: what the cluster runs.
            (
                VersionSpan(node: 11, version: "0.3", levels: 1...2),
                VersionSpan(node: nil, version: "0.5", levels: 3...4),
                "install 0.2 or 0.3"
            ),
            // Where levels and versions do not go together there is one that is sure.
            (VersionSpan(node: 11, version: "2.0.1", levels: 3...4), Self.own, "install 2.0.1"),
            (VersionSpan(node: 11, version: "odd", levels: 3...4), Self.own, "install odd"),
        ]
        for (theirs, own, end) in rows {
            #expect(JoinRefusal.versions(theirs, own: own).description.hasSuffix(end))
        }
        #expect(Self.own.fits(2) && !Self.own.fits(3))
    }

    @Test func clocksAreApartByWhatTheAnswerDoesNotExplain() {
        let rows: [(sent: Int64, theirs: Int64, received: Int64, milliseconds: Int)] = [
            (1000, 1500, 2000, 0), (1000, 1000, 1000, 0), (1000, 500, 2000, 500), (1000, 9000, 2000, 7000),
            // The own clock was put back meanwhile.
            (2000, 1500, 1000, 0), (0, .max, 0, .max), (.max, .min, .max, .max),
        ]
        for row in rows {
            let apart = ClockComparison.apart(sent: row.sent, theirs: row.theirs, received: row.received)
            #expect(apart == .milliseconds(row.milliseconds))
        }
    }

    @Test func anInstallationNobodyHasUsedIsNoObstacle() {
        #expect(RootContent(root: "/exa", revision: 1, jobs: 0, volumes: []).isUntouched)
        for content in [
            RootContent(root: "/exa", revision: 2, jobs: 0, volumes: []),
            RootContent(root: "/exa", revision: 1, jobs: 1, volumes: []),
            RootContent(root: "/exa", revision: 1, jobs: 0, volumes: ["v1"]),
        ] {
            #expect(!content.isUntouched)
        }
    }
}
