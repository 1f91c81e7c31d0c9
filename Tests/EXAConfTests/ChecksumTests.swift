import EXAConf
import Testing

@Suite struct ChecksumTests {
    static let samples: [(name: String, revision: Int, checksum: String, isCanonical: Bool)] = [
        ("exaconf-6.0.12-single", 11, "0f0bad9ce24d442616f3ff7773e44da6", false),
        ("exaconf-6.2.4-placeholders", 14, "f922804d2d81c67bcd9dd75631607d12", false),
        ("exaconf-7.1.0-placeholders", 14, "b5b34c473d53e8588f74ff6e43985651", false),
        ("exaconf-8.29.6-single", 16, "ecc4aceb0a2cdd068cf8ce0c70c431ec", true),
        ("exaconf-8.20.0-three-nodes", 23, "d99f185d0dfdbc9bced18efe4c1aede6", true),
    ]

    @Test(arguments: samples)
    func publicSamplesHaveTheirChecksum(
        _ sample: (name: String, revision: Int, checksum: String, isCanonical: Bool)
    ) throws {
        guard let bytes = try Fixture.sample(sample.name) else { return }
        let document = try Document(parsing: bytes)
        #expect(document.checksum == sample.checksum)
        #expect(document.revision == sample.revision)
        #expect((document.canonicalBytes() == bytes) == sample.isCanonical)
        #expect((document.checksumState == .valid) == sample.isCanonical)
        let (committed, changed) = document.committed()
        #expect(changed == !sample.isCanonical)
        #expect(committed.revision == sample.revision + (changed ? 1 : 0))
        // The oldest file ends with two blank lines; one would get lost at the next reading, so both are dropped.
        let endsBlank = document.text.hasSuffix("\n\n")
        #expect((committed.value("Checksum", in: .global) == sample.checksum) == !endsBlank)
        #expect(try Document(parsing: committed.text).checksumState == .valid)
    }

    @Test(
        arguments: zip(samples.map(\.name), [(9, 15, 68), (10, 24, 94), (11, 25, 112), (11, 25, 115), (16, 37, 178)]))
    func publicSamplesHaveTheirNumberOfSectionsAndKeys(_ name: String, _ counts: (Int, Int, Int)) throws {
        guard let bytes = try Fixture.sample(name) else { return }
        let root = try Document(parsing: bytes).root
        #expect(root.sections.count == counts.0)
        #expect(Self.sections(root) == counts.1)
        #expect(Self.keys(root) == counts.2)
    }

    private static func sections(_ section: Section) -> Int {
        section.sections.reduce(section.sections.count) { $0 + sections($1) }
    }

    private static func keys(_ section: Section) -> Int {
        section.sections.reduce(section.entries.count) { $0 + keys($1) }
    }

    private func document(_ checksum: String?) throws -> Document {
        let line = checksum.map { "Checksum = \($0)\n" } ?? ""
        return try Document(parsing: "[Global]\nRevision = 5\n\(line)ClusterName = x\n")
    }

    @Test func theWordsCountInAnyCase() throws {
        #expect(try document("none").checksumState == .none)
        #expect(try document(nil).checksumState == .none)
        #expect(try document("Disabled").checksumState == .disabled)
        #expect(try document("cOMMIT").checksumState == .commit)
    }

    @Test func aSilentEditIsNoticed() throws {
        var document = try document("COMMIT").committed().document
        #expect(document.checksumState == .valid)
        #expect(document.revision == 6)
        try document.verifyChecksum()
        try document.set("ClusterName", to: "y", in: .global)
        let error = #expect(throws: EXAConfError.self) { try document.verifyChecksum() }
        #expect(error?.code == .integrity)
        #expect(error?.message.hasPrefix("Integrity check failed! The stored checksum '") == true)
        #expect(error?.message.hasSuffix("Set checksum to 'COMMIT' if you made intentional changes.") == true)
    }

    @Test func layoutAloneDoesNotMatter() throws {
        let text = try document("COMMIT").committed().document.text
        let moved = text.split(separator: "\n").map { "\t " + $0.drop { $0 == " " } }.joined(separator: "\r\n")
        #expect(try Document(parsing: moved).checksumState != .none)
        let indented = text.split(separator: "\n").map { "\t " + $0.drop { $0 == " " } }.joined(separator: "\n")
        #expect(try Document(parsing: indented).checksumState == .valid)
    }

    @Test func committingTwiceChangesNothing() throws {
        let first = try document(nil).committed()
        #expect(first.changed)
        let second = first.document.committed()
        #expect(!second.changed)
        #expect(second.document == first.document)
    }

    @Test func withoutChecksumOnlyTheRevisionGrows() throws {
        let first = try document("DISABLED").committed()
        #expect(first.changed)
        #expect(first.document.revision == 6)
        #expect(first.document.value("Checksum", in: .global) == "DISABLED")
        #expect(first.document.committed().document.revision == 7)
    }

    @Test func theCallerMayChooseTheRevision() throws {
        let (document, changed) = try document("COMMIT").committed(as: 40)
        #expect(changed)
        #expect(document.revision == 40)
        #expect(document.checksumState == .valid)
        #expect(document.committed(as: 50).document.revision == 40)
    }

    @Test func aDocumentWithoutGlobalIsNotCommitted() throws {
        #expect(try !Document(parsing: "[A]\n").committed().changed)
    }

    @Test(arguments: [
        "[Global]\nChecksum = COMMIT\n\n\n\n", "[Global]\nChecksum = COMMIT\nk = '''a # b'''\n",
        "[Global]\nChecksum = COMMIT\nk = ''' a '''\n",
    ])
    func whatIsCommittedIsValidWhenItIsReadAgain(_ text: String) throws {
        let committed = try Document(parsing: text).committed().document
        let again = try Document(parsing: committed.text)
        #expect(again.checksumState == .valid)
        #expect(again.text == committed.text)
    }

    @Test func aHugeRevisionDoesNotOverflow() throws {
        let document = try Document(parsing: "[Global]\nRevision = \(Int.max)\nChecksum = COMMIT\n")
        #expect(document.committed().document.revision == Int.max)
    }
}
