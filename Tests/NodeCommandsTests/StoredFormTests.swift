import NodeCommands
import Testing
import Values

/// A kind of command with what jobs of the first release have stored of one.
struct StoredForm: CustomTestStringConvertible, Sendable {
    let kind: any NodeCommand.Type
    let json: String
    /// Whether jobs have it taken back, where its kind can be.
    let isTakenBack: Bool

    init(_ kind: any NodeCommand.Type, _ json: String, isTakenBack: Bool = true) {
        (self.kind, self.json, self.isTakenBack) = (kind, json, isTakenBack)
    }

    var testDescription: String { kind.name }

    /// What reads the same: who takes it back, and who finds out beforehand.
    var related: [any NodeCommand.Type] {
        [isTakenBack ? kind.undo : nil, kind.traits.check].compactMap { $0 }
    }

    /// Read as a command, and written again.
    func repeated() throws -> Value { try Self.repeated(kind, try JSON.parse(json)) }

    private static func repeated<Kind: NodeCommand>(_ kind: Kind.Type, _ stored: Value) throws -> Value {
        try Value(encoding: try stored.decoded(as: kind))
    }
}

struct StoredFormTests {
    @Test(arguments: StoredForm.all)
    func whatIsStoredIsReadAndWrittenTheSame(_ form: StoredForm) throws {
        #expect(try form.repeated() == JSON.parse(form.json))
    }

    @Test func everyCommandHasAStoredForm() {
        let named = Set(StoredForm.all.map { $0.kind.name })
        #expect(CommandRegistry.all.map { $0.name }.filter { !named.contains($0) } == [])
    }

    @Test func namesAreGivenOnce() {
        let names = CommandRegistry.all.map { $0.name }
        #expect(Set(names).count == names.count)
    }

    @Test func whatTakesBackAndWhatChecksIsThere() {
        let names = Set(CommandRegistry.all.map { $0.name })
        for kind in CommandRegistry.all {
            for other in kind.related {
                #expect(names.contains(other.name), "\(kind.name)")
            }
        }
    }

    /// A check, and what is done for whoever only looks, leaves nothing behind.
    @Test func checksOnlyLook() {
        for check in CommandRegistry.all.compactMap({ $0.traits.check }) {
            guard case .none = check.traits.effect else {
                Issue.record("\(check.name) leaves something behind")
                continue
            }
        }
    }

    @Test(arguments: StoredForm.all)
    func whatTakesBackAndWhatChecksReadsTheSameArguments(_ form: StoredForm) throws {
        for other in form.related {
            _ = try StoredForm(other, form.json).repeated()
        }
    }
}

extension NodeCommand {
    /// What takes it back, and what finds out beforehand.
    fileprivate static var related: [any NodeCommand.Type] { [undo, traits.check].compactMap { $0 } }
}
