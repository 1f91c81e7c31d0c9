import Access
import JobEngine
import Jobs
import Support
import Testing
import Values

@Suite struct JobManifestTests {
    private func faults(_ members: [String: Value], name: String = "sample") -> [String] {
        do throws(JobManifest.Unusable) {
            _ = try JobManifest(.map(members), name: name)
            return []
        } catch {
            return error.faults
        }
    }

    @Test func aSummaryIsEnough() throws {
        let definition = try JobManifest(["summary": "s"], name: "sample").definition
        #expect(definition.name == "sample")
        #expect(definition.mode == .read)
        #expect(definition.permission == Permission(users: ["root"], groups: ["root"]))
        let command = try #require(
            JobTrial(definition, as: Principal(name: "root", roles: ["root"])).plan?.commands.first)
        #expect(command.deadline == .seconds(600))
        #expect(command.undo == nil)
    }

    @Test func everyFaultIsNamedAtOnce() {
        let faults = faults(
            [
                "mode": "write", "surplus": 1, "undo": "yes", "executable": "../run", "limits": ["seconds": 0],
                "parameters": [["name": "A", "type": "text"], 7], "locks": [["key": "k:{nobody}"]],
                "substitutes": ["a": "b"],
            ], name: "9lives")
        for text in [
            "the folder's name", "summary is missing", "mode has to be one of read, modify", "surplus is not known",
            "undo has to be true or false", "executable has to be", "limits.seconds has to be a number from 1",
            "parameters[0].name has to match", "parameters[0].type has to be of", "parameters[0].text is missing",
            "parameters[1]. has to be an object", "locks[0].key names the unknown parameter 'nobody'",
            "substitutes name an unknown parameter",
        ] {
            #expect(faults.contains { $0.hasPrefix(text) }, "\(text) in \(faults)")
        }
    }

    @Test(
        arguments: [
            (["name": "n", "type": "int", "text": "t", "minimum": 3], "and maximum have to stand together"),
            (["name": "n", "type": "int", "text": "t", "minimum": 3, "maximum": 2], "in this order"),
            (["name": "n", "type": "int", "text": "t", "default": "x"], "takes no str"),
            (["name": "n", "type": "str", "text": "t", "allowed": ["a", 1]], "takes no int"),
        ] as [([String: Value], String)])
    func valuesAParameterCannotHaveAreFaults(parameter: [String: Value], text: String) {
        let faults = faults(["summary": "s", "parameters": [.map(parameter)]])
        #expect(faults.count == 1 && faults[0].contains(text), "\(faults)")
    }

    @Test func anExampleTheJobWouldRefuseIsAFault() {
        let parameters: Value = [["name": "n", "type": "int", "text": "t", "mandatory": true]]
        #expect(faults(["summary": "s", "parameters": parameters]).first?.contains("'n' is missing") == true)
        #expect(faults(["summary": "s", "parameters": parameters, "example": ["n": "x"]]).count == 1)
        #expect(faults(["summary": "s", "parameters": parameters, "example": ["n": 1]]).isEmpty)
    }

    @Test func theCommandHasDefaultsLimitsAndSecrets() throws {
        let manifest = try JobManifest(
            [
                "summary": "s", "mode": "modify", "undo": true, "user": "nobody", "executable": "do.sh",
                "parameters": [
                    ["name": "key", "type": "str", "text": "t", "mandatory": true, "secret": true],
                    ["name": "size", "type": ["int", "str"], "text": "t", "default": 5],
                ],
                "example": ["key": "k"], "limits": ["seconds": 9, "output_bytes": 10, "memory_bytes": 33_554_432],
                "locks": [["key": "disk:{size}"], ["key": "all", "shared": true]],
            ], name: "sample")
        let trial = try JobTrial(
            manifest.definition, ["key": "k"], as: Principal(name: "root", roles: ["root"]),
            answers: [.null, ["done": true]])
        #expect(trial.plan?.commands.map(\.action) == ["job.check", "job.run"])
        #expect(trial.plan?.commands.map(\.undo) == ["job.undo", nil])
        let command = try #require(trial.plan?.commands.last)
        #expect(command.arguments["parameters"] == ["key": "k", "size": 5])
        #expect(command.arguments["user"] == "nobody")
        #expect(command.arguments["executable"] == "do.sh")
        #expect(command.arguments["memory_bytes"] == 33_554_432)
        #expect(command.secrets == ["key"])
        #expect(command.deadline == .seconds(9))
        #expect(trial.output == ["done": true])
        #expect(
            manifest.definition.locks(Arguments(["size": 7])) == [.exclusive("disk:7"), .shared("all")])
    }

    @Test func aCatalogueKeepsItsOwnJobsAndSaysWhyOthersAreMissing() throws {
        let intruder = try JobManifest(["summary": "mine"], name: "db_list").definition
        let joined = JobCatalogue.confd.joined(by: [intruder], unusable: ["broken": "It is."], edition: 3)
        #expect(try joined.definition("db_list").summary != "mine")
        #expect(joined.edition == 3)
        let error = #expect(throws: JobError.self) { try joined.definition("broken") }
        #expect(error?.message.hasSuffix("cannot be used: It is.") == true)
    }
}
