import JobEngine
import Testing
import Values

struct ShapeTests {
    private static let rule = Shape.object(
        "Rule", text: "A rule.",
        members: [
            .has("port", .within(1...9), text: "A port."), .may("kind", .word(["tcp", "udp"])),
            .may("network", .form("^[0-9]+/8$", like: "10/8")),
            .may("ids", .list(.either([.int, .str]), count: 1...2)),
        ])

    @Test(
        arguments: [
            (["port": 1], []), (["port": 9, "kind": "udp", "network": "10/8", "ids": [1, "b"]], []),
            ([:], ["/params/rules/0/port"]), (["port": 0], ["/params/rules/0/port"]),
            (["port": "1"], ["/params/rules/0/port"]), (["port": 1, "kind": "icmp"], ["/params/rules/0/kind"]),
            (["port": 1, "network": "10/8\n"], ["/params/rules/0/network"]),
            (["port": 1, "network": "x10/8"], ["/params/rules/0/network"]),
            (["port": 1, "ids": []], ["/params/rules/0/ids"]),
            (["port": 1, "ids": [1, 2, 3]], ["/params/rules/0/ids"]),
            (["port": 1, "ids": [true]], ["/params/rules/0/ids/0"]),
            (["port": 1, "kind": .null], ["/params/rules/0/kind"]),
            ("all", ["/params/rules/0"]),
            (["a/b": 1, "port": 10], ["/params/rules/0/a~1b", "/params/rules/0/port"]),
        ] as [(Value, [String])])
    func everyFaultOfAListIsNamedWithItsPlace(element: Value, pointers: [String]) {
        let faults = Shape.list(Self.rule).faults(of: [element], at: ["rules"])
        #expect(faults.map(\.pointer) == pointers)
    }

    @Test func aFaultSaysWhatWasGivenAndWhatIsTaken() {
        let faults = Shape.list(Self.rule).faults(of: [["port": 10, "size": 1]], at: ["rules"])
        #expect(
            faults.map(\.text) == [
                "rules[0].size: is unknown; there are ids, kind, network, port.",
                "rules[0].port: 1 to 9 is allowed.",
            ])
        #expect(faults.map(\.code) == [.parameterUnknown, .parameterInvalid])
        #expect(Self.rule.words == "dict with port, kind (optional), network (optional), ids (optional)")
    }

    @Test func membersOfAnyNameHaveOneShape() {
        let shape = Shape.dict(.list(.str))
        #expect(shape.faults(of: ["a": ["x"], "b": []], at: ["sections"]).isEmpty)
        #expect(
            shape.faults(of: ["a": [1], "b": 2], at: ["sections"]).map(\.pointer) == [
                "/params/sections/a/0", "/params/sections/b",
            ])
        let open = Shape.object("States", text: "States.", members: [.has("booted", .int)], others: .str)
        #expect(open.faults(of: ["booted": 1, "11": "online"], at: []).isEmpty)
        #expect(open.faults(of: ["booted": 1, "11": 1], at: []).map(\.pointer) == ["/params/11"])
    }
}
