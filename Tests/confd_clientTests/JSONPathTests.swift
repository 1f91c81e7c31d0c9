import Testing
import Values

@testable import confd_client

struct JSONPathTests {
    private let value: Value = [
        "state": "running", "usage persistent": [["host": "n11", "size": 4], ["host": "n12", "size": 8]],
        "nodes": ["active": ["n11", "n12"], "failed": []], "it's": 1,
    ]

    @Test(arguments: [
        (".state", "running\n"), ("$.state", "running\n"), ("{.state}", "running\n"), ("['state']", "running\n"),
        ("['usage persistent'][0].host", "n11\n"), (".nodes.active[-1]", "n12\n"), (".nodes.active[*]", "n11\nn12\n"),
        (".nodes.failed[*]", ""), ("['usage persistent'][*].size", "4\n8\n"), (".nodes.*", "[\"n11\", \"n12\"]\n[]\n"),
        ("[\"it's\"]", "1\n"), (".nodes", "{\"active\": [\"n11\", \"n12\"], \"failed\": []}\n"),
    ])
    func aPathLeadsToLines(path: String, text: String) throws {
        #expect(try OutputForm("jsonpath=\(path)").text(value) == text)
    }

    @Test(arguments: [
        "state", "..state", ".a[", ".a[x]", ".a[?(@.b)]", ".a[0:2]", ".a['b]", ".a['b'", ".", ".a.", "[1,2]",
        ".a()",
    ])
    func whatIsNoSuchPathIsRefusedWithItsPlace(path: String) {
        if path == "." {
            #expect((try? JSONPath(path).values(in: value)) == [value])
        } else {
            #expect { try JSONPath(path) } throws: {
                ($0 as? Failure)?.code == .usage && ($0 as? Failure)?.message.contains("cannot be read at") == true
            }
        }
    }

    @Test(arguments: [".none", ".nodes.active[2]", ".nodes.active[-3]", ".state.x", ".state[0]", ".nodes[0]"])
    func nothingThereIsAFailure(path: String) throws {
        let path = try JSONPath(path)
        #expect(throws: Failure.self) { try path.text(value) }
    }

    @Test func numbersOfAnySizeAreNoTrap() throws {
        for path in ["[\(Int.min)]", "[\(Int.max)]"] { #expect(try JSONPath(path).values(in: ["x"]) == []) }
        #expect(throws: Failure.self) { try JSONPath("[99999999999999999999]") }
    }
}
