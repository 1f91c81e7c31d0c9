import EXAConf
import Support
import Testing

@Suite struct FuzzTests {
    private static let pieces = [
        "[", "]", "[[", "]]", "\"", "'", "'''", "\"\"\"", "#", "=", ":", ",", "\n", "\r\n", "\r", "\t", " ", "\u{0}",
        "ä",
        "[[[x]]]", "k = 1", "[A]", "\u{FEFF}", "k = '''a\nb'''", "99999999999999999999", "-1", "\n\n",
    ].map { Array($0.utf8) }

    private static func mutated(_ bytes: [UInt8], _ random: inout SequenceGenerator) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let at = Int.random(in: 0...result.count, using: &random)
            let end = min(result.count, at + Int.random(in: 0...40, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: result.removeSubrange(at..<end)
            case 1: result.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: at)
            case 2: result.insert(contentsOf: result[at..<end], at: Int.random(in: 0...result.count, using: &random))
            case 3: if at < result.count { result[at] = UInt8.random(in: 0...255, using: &random) }
            default: result.replaceSubrange(at..<end, with: pieces.randomElement(using: &random) ?? [])
            }
        }
        return result
    }

    private static func touchEverything(_ document: Document) {
        _ = document.checksumState
        _ = document.problems()
        _ = document.redacted().text
        for node in document.nodes { _ = (node.id, node.privateNet, node.exposedPorts, node.disks.map(\.mapping)) }
        for volume in document.volumes { _ = (volume.size, volume.stripeSize, volume.masterNodeCount, volume.owner) }
        for volume in document.remoteVolumes { _ = (volume.name, volume.id, volume.password) }
        for database in document.databases {
            _ = (database.memory, database.autoStart, database.jdbc.url, database.backups.map(\.expire))
        }
    }

    @Test(arguments: 1...8)
    func noInputTrapsAndTheCanonicalFormIsStable(_ seed: UInt64) throws {
        var random = SequenceGenerator(seed: seed &* 7919)
        var accepted = 0
        let (small, large) = (Array(Fixture.old.utf8), try Fixture.fresh().canonicalBytes())
        for round in 0..<400 {
            // The large document costs most of the time and adds little.
            let bytes = Self.mutated(round % 20 == 0 ? large : small, &random)
            guard let document = try? Document(parsing: bytes) else { continue }
            accepted += 1
            Self.touchEverything(document)
            let (committed, _) = document.committed()
            // The canonical form itself may lose one blank line at its end each time; what is committed may not.
            _ = try Document(parsing: document.canonicalBytes())
            let again = try Document(parsing: committed.canonicalBytes())
            if document.isInitialised {
                #expect(again.canonicalBytes() == committed.canonicalBytes() || committed == document)
                if committed != document, committed.checksumState == .valid { #expect(again.checksumState == .valid) }
            }
            #expect(ChangeSet(from: document, to: document).isEmpty)
        }
        #expect(accepted > 20)
    }
}
