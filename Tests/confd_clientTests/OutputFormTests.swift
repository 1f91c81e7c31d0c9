import Testing
import Values

@testable import confd_client

struct OutputFormTests {
    private let value = Value.map([
        "name": .string("DB1"), "port": .string("8563"), "on": .bool(true), "none": .null, "word": .string("yes"),
        "nodes": .map(["active": .list([.string("n11"), .string("n12")]), "failed": .list([])]),
        "owner": .list([.int(500), .int(500)]), "share": .double(0.5), "empty": .map([:]),
    ])

    @Test func YAMLIsInBlocksWithSortedKeysAndQuotesWhereNeeded() throws {
        #expect(
            try OutputForm.yaml.text(value) == """
                empty: {}
                name: DB1
                nodes:
                  active:
                  - n11
                  - n12
                  failed: []
                none: null
                'on': true
                owner:
                - 500
                - 500
                port: '8563'
                share: 0.5
                word: 'yes'

                """)
    }

    @Test(
        arguments: [
            (Value.string("running"), "running\n"), (.string("OK"), "OK\n"), (.bool(true), "true\n"), (.int(7), "7\n"),
            (.list([.string("DB1")]), "- DB1\n"), (.list([]), "[]\n"), (.string("a\nb\n"), "a\nb\n"),
        ] as [(Value, String)])
    func whatHasNoPartsIsBare(value: Value, text: String) throws {
        #expect(try OutputForm.yaml.text(value) == text)
    }

    @Test func otherFormsAreOneLineOrOneLineForEachLeaf() throws {
        let small = Value.map(["b": .list([.bool(true), .null]), "a": .string("it's \"x\"\n")])
        #expect(try OutputForm.json.text(small) == #"{"a": "it's \"x\"\n", "b": [true, null]}"# + "\n")
        #expect(try OutputForm.python.text(small) == #"{'a': 'it\'s "x"\n', 'b': [True, None]}"# + "\n")
        #expect(try OutputForm.flat.text(small) == "a: \"it's \\\"x\\\"\\n\"\nb.0: true\nb.1: null\n")
        #expect(
            try OutputForm.table([]).text(
                .list([.map(["id": .int(1), "name": .string("x")]), .map(["id": .int(22)])]))
                == "ID  NAME\n1   x\n22  -\n")
    }

    @Test(arguments: [
        "null", "[1, 2.5, -3]", #"{"a": [], "b": {"c": "d"}}"#, #""\"\\\n\u0001 ü 😀""#, "1.0", "true",
    ])
    func JSONIsReadAsItIsWritten(text: String) throws {
        #expect(SpacedJSON.text(try JSON.parse(text, limits: .generous)) == text)
    }

    @Test(arguments: ["", "{", "[1,]", #"{"a" 1}"#, "nul", "1 2", #""\ud800""#, #""\u12""#, "\"a", "--1"])
    func whatIsNoJSONIsAFault(text: String) {
        #expect(throws: JSON.Fault.self) { try JSON.parse(text, limits: .generous) }
    }

    @Test func aPairOfSurrogatesIsOneCharacter() throws {
        #expect(try JSON.parse(#""\ud83d\ude00\u00e9""#, limits: .generous) == .string("😀é"))
    }
}
