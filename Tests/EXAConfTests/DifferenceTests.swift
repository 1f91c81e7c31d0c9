import EXAConf
import Support
import Testing

@Suite struct DifferenceTests {
    @Test func changesNameOldAndNewText() throws {
        let old = try Document(parsing: "[A]\nk = 1\ngone = x\n[B]\n[[C]]\ny = 1\n")
        let new = try Document(parsing: "[A]\nk = 2\n[D]\nz = 3\n")
        #expect(
            ChangeSet(from: old, to: new).changes.map(\.description) == [
                "- [B/C] y = 1", "- [B/C]", "- [B]", "- [A] gone = x", "~ [A] k = 1 -> 2", "+ [D]", "+ [D] z = 3",
            ])
    }

    @Test func theStampMayBeLeftOut() throws {
        let old = try Fixture.fresh()
        let new = old.committed().document
        #expect(ChangeSet(from: old, to: new).changes.map(\.key) == ["Revision", "Checksum"])
        #expect(ChangeSet(from: old, to: new, ignoringStamp: true).isEmpty)
    }

    @Test func secretsAreMasked() throws {
        let old = try Fixture.fresh()
        var new = old
        try new.modifyUser("admin", UserSettings(passwordHash: "$6$other$hash"))
        let changes = ChangeSet(from: old, to: new)
        #expect(changes.redacted().changes.map(\.new) == ["***"])
        #expect(changes.changes.map(\.description) == ["~ [Users/admin] Passwd = *** -> ***"])
        let shown = old.redacted().text
        for key in ["AuthenticationToken", "Passwd", "SyncKey", "ReadPasswd", "WritePasswd"] {
            #expect(shown.contains("    \(key) = ***\n"), "\(key)")
        }
        #expect(shown.contains("CertKey = /exa/etc/ssl/ssl.key"))
        #expect(!shown.contains(Fixture.hash))
    }

    /// A store whose address, key and options have secrets in them, and a database whose parameters have.
    private static let careless = """
        # ftp://ann:MARK@host/
        [RemoteVolume : away]
            Type = s3
            URL = https://ann:MARK@host/b?sig=MARK
            Username = MARK
            Options = "delegation_token=MARK,verbose=1"
        [DB : D]
            Params = -a=1 -ldapBindPassword=MARK

        """

    @Test func secretsAreMaskedByTheirForm() throws {
        let document = try Document(parsing: Self.careless)
        let shown = document.redacted().text
        #expect(!shown.contains("MARK"))
        #expect(shown.contains("URL = https://ann:***@host/b?sig=***\n"))
        #expect(shown.contains("Params = -a=1 -ldapBindPassword=***\n"))
        let changes = ChangeSet(from: Document(), to: document)
        #expect(changes.redacted().changes.filter { $0.new?.contains("MARK") ?? false } == [])
        #expect(changes.changes.filter { $0.description.contains("MARK") } == [])
    }

    @Test func masksThatComeBackAreNoValues() throws {
        let document = try Document(parsing: Self.careless)
        var back = document.redacted()
        #expect(back.restoreSecrets(of: document).isEmpty)
        #expect(ChangeSet(from: document, to: back).isEmpty)
        var other = document.redacted()
        try other.set("Params", to: "-b -ldapBindPassword=***", in: .database("D"))
        #expect(other.restoreSecrets(of: document).map(\.key) == ["Params"])
        let keys = document.redacted().problems(replacing: document).compactMap(\.key)
        #expect(Set(keys).isSuperset(of: ["URL", "Username", "Options", "Params"]))
    }

    @Test(arguments: [
        ("", "", ""),
        ("a\n", "a\n", ""),
        ("a\nb\nc\n", "a\nx\nc\n", "--- old\n+++ new\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"),
        ("", "a\n", "--- old\n+++ new\n@@ -0,0 +1 @@\n+a\n"),
        ("a\n", "", "--- old\n+++ new\n@@ -1 +0,0 @@\n-a\n"),
        ("a", "a\n", "--- old\n+++ new\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"),
        (
            "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
            "--- old\n+++ new\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"
        ),
        (
            "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "1\n2\n3\n4\n5\n6\n7\nb\nc\n",
            "--- old\n+++ new\n@@ -1,4 +1,3 @@\n-a\n 1\n 2\n 3\n@@ -7,3 +6,4 @@\n 6\n 7\n b\n+c\n"
        ),
    ])
    func theUnifiedFormatIsTheUsualOne(_ old: String, _ new: String, _ diff: String) {
        #expect(UnifiedDiff(from: old, to: new).description == diff)
    }

    @Test(arguments: 1...40)
    func aDifferenceLeadsFromOneTextToTheOther(_ seed: UInt64) {
        var random = SequenceGenerator(seed: seed &* 31)
        let old = (0..<60).map { _ in "\(Int.random(in: 0...9, using: &random))" }
        var new = old
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let at = Int.random(in: 0..<max(1, new.count), using: &random)
            if Bool.random(using: &random), !new.isEmpty {
                new.remove(at: at)
            } else {
                new.insert("\(Int.random(in: 0...9, using: &random))", at: min(at, new.count))
            }
        }
        let diff = UnifiedDiff(from: Self.text(old), to: Self.text(new), context: 1000).description
        let body = diff.split(separator: "\n").dropFirst(3)
        guard !body.isEmpty else {
            #expect(old == new)
            return
        }
        #expect(body.filter { !$0.hasPrefix("+") }.map { String($0.dropFirst()) } == old)
        #expect(body.filter { !$0.hasPrefix("-") }.map { String($0.dropFirst()) } == new)
    }

    @Test func textsWithNothingInCommonAreReplaced() {
        let old = (0..<5000).map { "a\($0)" }
        let new = (0..<5000).map { "b\($0)" }
        let lines = UnifiedDiff(from: Self.text(old), to: Self.text(new)).description.split(separator: "\n")
        #expect(lines.count == 10_003)
    }

    private static func text(_ lines: [String]) -> String {
        lines.map { $0 + "\n" }.joined()
    }
}
