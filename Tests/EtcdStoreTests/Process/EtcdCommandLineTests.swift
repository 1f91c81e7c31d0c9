import Testing

@testable import EtcdStore

/// What an etcd is started with, and what is read of its version.
struct EtcdCommandLineTests {
    private static let identity = EtcdIdentity(cluster: "c1", generation: 3, node: 11)

    private static func line(_ version: EtcdVersion, _ change: (inout EtcdMemberPlan) -> Void = { _ in }) -> [String] {
        var plan = EtcdMemberPlan(identity, address: "10.0.0.11")
        change(&plan)
        return EtcdCommandLine(plan, version: version, data: "/exa/etcd/data", tls: "/exa/etcd/tls").arguments
    }

    private static func version(_ minor: Int) -> EtcdVersion { EtcdVersion(major: 3, minor: minor, patch: 1) }

    @Test func theFirstMemberOfANewEtcd() {
        #expect(
            Self.line(EtcdVersion(major: 3, minor: 4, patch: 23)) == [
                "--name=n11", "--data-dir=/exa/etcd/data", "--listen-client-urls=https://10.0.0.11:20379",
                "--advertise-client-urls=https://10.0.0.11:20379", "--listen-peer-urls=https://10.0.0.11:20380",
                "--initial-advertise-peer-urls=https://10.0.0.11:20380",
                "--initial-cluster=n11=https://10.0.0.11:20380",
                "--initial-cluster-state=new", "--initial-cluster-token=c1-3", "--cert-file=/exa/etcd/tls/node.pem",
                "--key-file=/exa/etcd/tls/node.pem", "--trusted-ca-file=/exa/etcd/tls/authority.pem",
                "--client-cert-auth", "--client-crl-file=/exa/etcd/tls/revoked.pem",
                "--peer-cert-file=/exa/etcd/tls/node.pem", "--peer-key-file=/exa/etcd/tls/node.pem",
                "--peer-trusted-ca-file=/exa/etcd/tls/authority.pem", "--peer-client-cert-auth",
                "--peer-crl-file=/exa/etcd/tls/revoked.pem", "--pre-vote", "--quota-backend-bytes=2147483648",
                "--auto-compaction-mode=periodic", "--auto-compaction-retention=1h", "--logger=zap",
                "--log-outputs=stderr", "--experimental-watch-progress-notify-interval=2s", "--snapshot-count=5000",
            ])
    }

    @Test func aSecludedOneIsReachedByNoOtherMember() {
        let line = Self.line(Self.version(4)) { $0.isSecluded = true }
        #expect(line.contains("--listen-peer-urls=https://127.0.0.1:20380"))
        // Who it is stays the same: it listens to others at its next start.
        #expect(line.contains("--initial-advertise-peer-urls=https://10.0.0.11:20380"))
        #expect(line.contains("--listen-client-urls=https://10.0.0.11:20379"))
    }

    @Test func oneThatJoinsNamesThoseThatAreThere() {
        let line = Self.line(Self.version(4)) { plan in
            plan.joins = true
            plan.identity = EtcdIdentity(cluster: "c1", generation: 3, node: 12, life: 2)
            (plan.address, plan.clientPort, plan.peerPort) = ("fd00::12", 1, 2)
            plan.others = [
                "n13": EtcdEndpoint(host: "fd00::13", port: 20380), "n11": EtcdEndpoint(host: "10.0.0.11", port: 7),
            ]
        }
        #expect(line[0] == "--name=n12.2")
        #expect(line.contains("--listen-client-urls=https://[fd00::12]:1"))
        #expect(
            line.contains(
                "--initial-cluster=n11=https://10.0.0.11:7,n12.2=https://[fd00::12]:2,n13=https://[fd00::13]:20380"))
        #expect(line.contains("--initial-cluster-state=existing"))
    }

    @Test(
        arguments: [
            (4, ["--experimental-watch-progress-notify-interval=2s", "--snapshot-count=5000"]),
            (5, ["--experimental-watch-progress-notify-interval=2s", "--snapshot-count=5000"]),
            (6, ["--watch-progress-notify-interval=2s", "--snapshot-count=5000"]),
            (7, ["--watch-progress-notify-interval=2s"]),
        ])
    func versionsHaveTheirOwnWords(minor: Int, words: [String]) {
        #expect(Array(Self.line(Self.version(minor)).suffix(words.count)) == words)
    }

    @Test(
        arguments: [
            ("etcd Version: 3.4.23\nGit SHA: Not provided\n", "3.4.23", true),
            ("etcd Version: 3.6.0-rc.1\n", "3.6.0", true),
            ("warning\netcd Version: 3.5.16+dfsg-1\n", "3.5.16", true), ("etcd Version: 3.3.25\n", "3.3.25", false),
            ("etcd Version: 4.0.0\n", "4.0.0", false), ("", nil, false), ("etcd Version: \n", nil, false),
            ("etcd Version: 3.4\n", nil, false), ("etcd Version: 3.4.x\n", nil, false),
            ("etcd Version: 3.-4.1\n", nil, false),
            ("etcd Version: 3.4.99999999999999999999\n", nil, false), ("confd 3.4.1\n", nil, false),
        ] as [(String, String?, Bool)])
    func aVersionIsRead(output: String, expected: String?, isSupported: Bool) {
        let version = EtcdVersion(reading: output)
        #expect(version?.description == expected)
        #expect((version?.isSupported ?? false) == isSupported)
    }

    @Test func dataAreOpenedWithinAMinorVersionOnly() {
        let old = EtcdVersion(major: 3, minor: 4, patch: 23)
        #expect(EtcdVersion(major: 3, minor: 4, patch: 30).opens(dataOf: old))
        #expect(!EtcdVersion(major: 3, minor: 5, patch: 20).opens(dataOf: old))
        #expect(old < EtcdVersion(major: 3, minor: 5, patch: 0))
    }
}
