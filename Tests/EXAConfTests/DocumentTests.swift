import EXAConf
import Testing

@Suite struct DocumentTests {
    static let vectors: [(input: String, output: String)] = [
        ("", "\n"),
        ("# hi\n", "# hi\n"),
        ("[A]\nk=v\n# tail\n", "[A]\n    k = v\n# tail\n"),
        ("[A]\n    k = v\n\n    # tail\n\n", "[A]\n    k = v\n\n    # tail\n"),
        ("[A]\n\tk\t=\tv\t\n", "[A]\n    k = v\n"),
        (
            "[ A : 1 ]\nk=1\n[[ B:2 ]]\nj = 2\n[[[C]]]\nz=\n",
            "[A : 1]\n    k = 1\n    [[B:2]]\n        j = 2\n        [[[C]]]\n            z = \n"
        ),
        ("[A] # note\nk = 1 # c2\n", "[A]    # note\n    k = 1    # c2\n"),
        ("[A]\nk = a#b\n", "[A]\n    k = a    #b\n"),
        ("[A]\nk = \"a # b\"\n", "[A]\n    k = \"a # b\"\n"),
        ("[A]\nk = 'a # b' # c\n", "[A]\n    k = 'a # b'    # c\n"),
        ("[A]\nk = -LDAPServer=\"ldap://x\" -y=1\n", "[A]\n    k = -LDAPServer=\"ldap://x\" -y=1\n"),
        ("[A]\nk = it's\n", "[A]\n    k = it's\n"),
        ("[A]\nk = # c\n", "[A]\n    k =     # c\n"),
        ("[A]\n\"k e y\" = 1\n", "[A]\n    k e y = 1\n"),
        ("[A]\nk = a=b==\n", "[A]\n    k = a=b==\n"),
        ("[A]\nk = \"\"\"x\ny\"\"\"\n", "[A]\n    k = '''x\ny'''\n"),
        (
            "[A]\nk = 1\n\n[[B]]\nx = 1\n\ny = 2\n",
            "[A]\n    k = 1\n    \n    [[B]]\n        x = 1\n        \n        y = 2\n"
        ),
        ("[A]\nk = 1\n\n\n[B]\n", "[A]\n    k = 1\n\n\n[B]\n"),
        (
            "# top\n\n# second\n[A]\n# c1\n  # c2\nk = 1\n",
            "# top\n\n# second\n[A]\n    # c1\n    # c2\n    k = 1\n"
        ),
        ("[A]\r\nk = 1\r\n", "[A]\r\n    k = 1\r\n"),
        ("[A]\nKey=1\nkey=2\n", "[A]\n    Key = 1\n    key = 2\n"),
        ("k = 1\n[A]", "k = 1\n[A]\n"),
        ("[A]\n  k = %(name)s ; no comment\n", "[A]\n    k = %(name)s ; no comment\n"),
    ]

    @Test(arguments: vectors)
    func readingAndWritingGivesTheCanonicalForm(_ vector: (input: String, output: String)) throws {
        #expect(try Document(parsing: vector.input).text == vector.output)
    }

    @Test(arguments: [
        ("[A]\nk=v\n", "v"), ("[A]\nk = a#b\n", "a"), ("[A]\nk = \"a # b\"\n", "\"a # b\""),
        ("[A]\nk = 'a # b' # c\n", "'a # b'"), ("[A]\nk = # c\n", ""), ("[A]\nk = a=b==\n", "a=b=="),
        ("[A]\nk = \"\"\"x\ny\"\"\"\n", "x\ny"), ("[A]\nk = '''x'''  # c\n", "x"), ("[A]\n'k' = 1\n", "1"),
        ("[A]\nk = \"a\" \"b\"\n", "\"a\" \"b\""),
    ])
    func valuesAreReadAsTheyStand(_ input: String, _ value: String) throws {
        #expect(try Document(parsing: input).value("k", in: ["A"]) == value)
    }

    @Test(arguments: [
        ("[A]\nk=1\nk=2\n", "Duplicate keyword name at line 3.", 3),
        ("[A]\n[A]\n", "Duplicate section name at line 2.", 2),
        ("[A]\n[[[B]]]\n", "Section too nested at line 2.", 2),
        ("[A]\n[[B]\n", "Cannot compute the section depth at line 2.", 2),
        ("[A]\nfoo\n", "Invalid line ('foo') (matched as neither section nor keyword) at line 2.", 2),
        ("[A]\nk = \"abc\n", "Parse error in value at line 2.", 2),
        ("[A]\nk = '''abc\nmore\n", "Parse error in value at line 2.", 2),
        (
            "[A]\nfoo\n[A]\n",
            "Parsing failed with several errors. First error: Invalid line ('foo') "
                + "(matched as neither section nor keyword) at line 2.", 2
        ),
    ])
    func aFaultRefusesTheFileAndNamesTheLine(_ input: String, _ message: String, _ line: Int) {
        let error = #expect(throws: EXAConfError.self) { try Document(parsing: input) }
        #expect(error?.message == message)
        #expect(error?.line == line)
        #expect(error?.code == .syntax)
    }

    @Test func aSecretInABrokenLineIsNotRepeated() {
        let error = #expect(throws: EXAConfError.self) { try Document(parsing: "[A]\nPasswd hunter2\n") }
        #expect(error?.message.contains("hunter2") == false)
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        let error = #expect(throws: EXAConfError.self) { try Document(parsing: [0x5B, 0xFF, 0x5D]) }
        #expect(error?.code == .notUTF8)
    }

    @Test func aTextAboveTheLimitIsRefused() {
        let bytes = [UInt8](repeating: 0x23, count: Document.sizeLimit + 1)
        let error = #expect(throws: EXAConfError.self) { try Document(parsing: bytes) }
        #expect(error?.code == .tooLarge)
    }

    @Test func nestingWithoutEndIsRefused() {
        let text = (1...200).map { String(repeating: "[", count: $0) + "x" + String(repeating: "]", count: $0) }
        let error = #expect(throws: EXAConfError.self) { try Document(parsing: text.joined(separator: "\n")) }
        #expect(error?.line == 33)
    }

    @Test func aHeaderIsFoundWithAndWithoutBlanks() throws {
        let document = try Document(parsing: "[Node:11]\nName = n11\n[Plugin: x]\nDir = d\n")
        #expect(document.value("Name", in: .node(11)) == "n11")
        #expect(document.section(at: ["Node : 11"])?.header == "Node:11")
        #expect(document.plugins.first?.name == "x")
        #expect(SectionName(kind: "Plugin", identifier: "x").description == "Plugin: x")
    }

    @Test func settingAKeyTouchesOnlyItsLine() throws {
        var document = try Document(parsing: "[A]\n    # why\n    k = 1    # c\n    l = 2\n")
        try document.set("k", to: "3", in: ["A"])
        #expect(document.text == "[A]\n    # why\n    k = 3    # c\n    l = 2\n")
        try document.set("m", toList: ["a"], in: ["A"])
        try document.set("n", toList: [], in: ["A"])
        try document.set("o", toList: ["a", "b"], in: ["A"])
        try document.set("p", toList: ["11", "12"], tight: true, in: ["A"])
        #expect(document.text.hasSuffix("    m = a,\n    n = ,\n    o = a, b\n    p = 11,12\n"))
        let removed = try document.remove("k", in: ["A"])
        #expect(removed)
        #expect(!document.text.contains("why"))
    }

    @Test(arguments: ["a#b", "a\nb", "a\rb", "ä", "a\u{0}b", "a\tb", " a", "a ", "\"a", "'''a"])
    func aValueThatWouldNotSurviveIsRefused(_ value: String) throws {
        var document = try Document(parsing: "[A]\nk = 1\n")
        let before = document
        let error = #expect(throws: EXAConfError.self) { try document.set("k", to: value, in: ["A"]) }
        #expect(error?.code == .invalid)
        #expect(document == before)
    }

    @Test(arguments: ["", "a=b", "#a", "[a", "a\n", " a", "'a'"])
    func aKeyThatWouldNotSurviveIsRefused(_ key: String) throws {
        var document = try Document(parsing: "[A]\n")
        #expect(throws: EXAConfError.self) { try document.set(key, to: "1", in: ["A"]) }
    }

    @Test func aNewSectionStandsBehindTheLastOfItsKind() throws {
        var document = try Document(parsing: "[Node : 11]\nName = n11\n\n[EXAStorage]\nBgRecEnabled = True\n")
        try document.addSection(.node(12))
        try document.set("Name", to: "n12", in: .node(12))
        #expect(
            document.text
                == "[Node : 11]\n    Name = n11\n\n[Node : 12]\n    Name = n12\n\n"
                + "[EXAStorage]\n    BgRecEnabled = True\n"
        )
        let (first, second) = (document.removeSection(.node(12)), document.removeSection(.node(12)))
        #expect(first)
        #expect(!second)
        let error = #expect(throws: EXAConfError.self) { try document.addSection(.node(11)) }
        #expect(error?.code == .exists)
    }

    @Test func unknownSectionsAndKeysSurvive() throws {
        let text = "[Mystery : x]\n    Odd_Key = 1\n    [[Deep]]\n        y = z\n"
        var document = try Document(parsing: text + "\n[Global]\n    Revision = 1\n")
        try document.set("Revision", to: "2", in: .global)
        #expect(document.text == text + "\n[Global]\n    Revision = 2\n")
    }
}
