import Access
import EXAConf
import JobEngine
import Support
import Values

@testable import Jobs

extension Reader {
    static let exaConf = Reader(
        "exaconf",
        [
            """
            [Global]
                Revision = 3
                Checksum = NONE
                Networks = private
                ConfVersion = 8.18.1

            # the first
            [Node : 11]    # note
                PrivateNet = 172.17.0.2/16
                UUID = 5D11CDFCDEA74475833F1892426428873D4BEB66
                [[Disk : default]]
                    Devices = dev.1, dev.2:/exa/data/storage
            [EXAVolume : DataVolume1]
                Nodes = 11,
                Size = 2.0 GiB
                Owner = 500:500
            [DB : DB1]
                MemSize = 4 GiB
                Params = '''-a=1
            -b="x # y"'''
            """,
            "[A]\r\n\"k e y\" = \"a # b\" # c\r\n[[ B:2 ]]\r\n[[[C]]]\r\nz=\r\n\r\n",
        ],
        words: [
            "[", "]", "[[", "]]", "\"", "'", "'''", "\"\"\"", "#", "=", ":", ",", "\n", "\r\n", "\r", "\t", "[[[x]]]\n",
            "k = 1\n", "[Global]\n", "Checksum = COMMIT\n", "Checksum = DISABLED\n", "Revision = ", "[DB : DB1]\n",
            "k = '''a\nb'''\n", "\u{FEFF}", "9223372036854775807",
        ], longest: 1024
    ) { text in
        guard let document = try? Document(parsing: text) else { return }
        _ = (document.checksumState, document.problems(), document.redacted().text)
        for node in document.nodes { _ = (node.id, node.privateNet, node.exposedPorts, node.disks.map(\.mapping)) }
        for volume in document.volumes { _ = (volume.size, volume.stripeSize, volume.owner) }
        for database in document.databases { _ = (database.memory, database.autoStart, database.backups.map(\.expire)) }
        try require(ChangeSet(from: document, to: document).isEmpty, "it differs from itself")
        let (committed, isChanged) = document.committed()
        let again = try Document(parsing: committed.canonicalBytes())
        try require(again.text == committed.text || !isChanged, "what is committed is read otherwise")
        if isChanged, committed.checksumState == .valid {
            try require(again.checksumState == .valid, "the sum is not that of what is written")
        }
    }

    /// A merge patch of the configuration.
    static let patch = Reader(
        "exaconf-patch",
        [
            #"{"Global":{"Timezone":"Europe/Prague","IssueTracker":null},"DB : DB1":{"MemSize":"4 GiB","x":null}}"#,
            #"{"Node : 14":{"PrivateNet":"10.10.10.14/24","Disk : default":{"Devices":"dev.1"}},"Users":null}"#,
        ],
        words: jsonWords + [
            "\"Global\"", "\"DB : DB1\"", " : ", "[", "#", "\\n", "Checksum", "Owner", "\"***\"", "..", "/",
        ],
        longest: 512
    ) { text in
        guard let members = (try? JSON.parse(text))?.map, (try? ConfigurationPatch.check(members)) != nil,
            let changed = try? ConfigurationPatch.applied(
                members, to: FixtureCluster.document, by: FixtureCluster.administrator)
        else { return }
        let committed = changed.committed().document
        try require(try Document(parsing: committed.text) == committed, "the changed file is read otherwise")
    }

    /// Paths that jobs and the configuration name.
    static let place = Reader(
        "place",
        [
            "/exa/data/bucketfs/bfsdefault", "/exa/data/volumes/7", "/srv/a/nightly/", "/exa/etc/ssl/ssl.crt",
            "/exa/spool/debug/case-7.tar.gz", "/srv/one/etc/license.xml",
        ],
        words: [
            "/", "//", "..", "/../", ".", "\u{0}", "\n", "\u{301}", "/exa", "/srv/one", "/data/archives/", "/etc/",
        ],
        longest: 600
    ) { text in
        var roots = PlaceRoots()
        (roots.installation, roots.buckets, roots.archives) = ("/srv/one", ["/srv/b"], ["/srv/a", "/srv"])
        for kind in Place.Kind.allCases {
            guard let place = try? Place(kind, text, in: roots) else { continue }
            let arePlain = place.names.allSatisfy { name in
                !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 < 0x20 }
            }
            try require(
                arePlain && (place.root != nil || !place.names.isEmpty), "a \(kind) with the names \(place.names)")
            try require(try Place(kind, place.description, in: roots) == place, "\(place) is read otherwise")
        }
    }

    /// Values of keys and parameters that have a form of their own.
    static let words = Reader(
        "words",
        [
            "2 GiB", "1w 3d", "2026-01-02T03:04:05.678Z", "2026-01-02T23:04:05+05:30", "10.10.10.11/24", "fe80::1/64",
            "*/15,1-5", "mon-fri", "8563:8574", "dev.1:/exa/data", "8.29.6-dev2", "500 : 500", "11.89",
            "https://bucket.example:443/x%20y", "s3://[::1]:9000/b",
        ],
        words: [
            "9223372036854775807", "99999999999999999999", "0", "-", "+", ".", ":", "::", "/", "%", "%zz", "T", "Z",
            "9999-12-31T23:59:60Z", "0000-01-01", "YiB", "w", "s", "*/", ",", "@", "[", "]", "٣", "\u{0}",
        ], longest: 256
    ) { text in
        if let size = Size(text) { try require(size.bytes >= 0 && !size.description.isEmpty, "\(size)") }
        if let span = TimeSpan(text) { try require(TimeSpan(span.description) == span, "\(span)") }
        if let time = Timestamp(text) { try require(Timestamp(time.description) == time, "\(time)") }
        if let network = Network(text) { try require(Network(network.description) == network, "\(network)") }
        if let ports = PortPair(text) { try require(PortPair(ports.description) == ports, "\(ports)") }
        if let id = JobID(text) { try require(JobID(id.description) == id, "\(id)") }
        if let version = Version(text) {
            try require(Version(version.description) == version && !(version < version), "\(version)")
        }
        for field in CronField.allCases {
            let numbers = field.numbers(text) ?? []
            try require(numbers.allSatisfy(field.range.contains), "\(field) has \(numbers)")
        }
        _ = (DeviceMapping(text), EXAConf.Owner(text), StoreURL(text).authority, ListText.split(text), EventID(text))
        _ = CronExpression(minute: text, hour: "*", day: "31", month: text, weekday: text)?.next(after: 29_000_000)
    }
}
