import JobEngine
import NodeCommands
import Testing
import Values

struct NodeCommandTests {
    @Test func aCommandBecomesWhatJobsKeep() throws {
        let install = CertificateInstall(
            certificate: "C", key: "K", authorities: nil, paths: ("/exa/a", "/exa/b", "/exa/c"))
        let command = try Command(install, on: 12, deadline: .seconds(5))
        #expect(
            command
                == Command(
                    "certificate.install", on: 12,
                    ["cert": "C", "key": "K", "cert_path": "/exa/a", "key_path": "/exa/b", "ca_path": "/exa/c"],
                    secrets: ["key"], undo: "certificate.restore", deadline: .seconds(5)))
        #expect(try Command(install, on: 12, isTakenBack: false).undo == nil)
    }

    @Test func anUnfitAnswerIsAFaultOfOurs() throws {
        #expect(try LicenseRead.answer(["text": "<l/>"]).text == "<l/>")
        #expect(try LicenseRead.answer([:]).text == nil)
        #expect(try LicenseInstall.answer("whatever") == NoAnswer())
        let error = #expect(throws: JobError.self) { try LicenseRead.answer(["text": 5]) }
        #expect(error?.code == .internal)
        #expect(error?.message.contains("'text' must be a text") == true)
    }

    @Test func undoesAreNamedAsDefinitionsNeedThem() {
        #expect(
            [String: String].undoes(of: CertificateInstall.self, LicenseRead.self)
                == ["certificate.install": "certificate.restore"])
    }

    @Test func whatIsNotGivenForADeviceIsShownAsNullWhereItWas() throws {
        var task = StorageDeviceSet("dev.1")
        #expect(try Value(encoding: task) == ["device": "dev.1"])
        task.readOnly = .some(nil)
        #expect(try Value(encoding: task) == ["device": "dev.1", "read_only": .null])
        task.readOnly = true
        #expect(try Value(encoding: task) == ["device": "dev.1", "read_only": true])
    }

    @Test func theDaemonsOwnAccountIsShownAsNull() throws {
        let program = JobProgram("sample", executable: "run", user: nil, limits: (1, 2))
        #expect(
            try program.members
                == ["name": "sample", "executable": "run", "user": .null, "output_bytes": 1, "memory_bytes": 2])
    }

    @Test func whatANodeToldOfItsStorageIsRead() throws {
        let told: Value = [
            "pid": 4711, "free": 8, "total": 9, "settings": ["suspended": false, "limit": 5],
            "devices": [
                "dev.1": [
                    "disk": "disk1", "size": 7, "free": 6, "sector_size": 512, "disabled": true, "read_only": false,
                    "use_crc": false, "sync_crc": true, "errors": 2,
                ]
            ],
            "volumes": [
                "A": [
                    "id": 3, "locked": true, "app_io": false, "int_io": true, "forced_level": 1,
                    "segments": ["10": ["bytes": 4, "disabled": false, "present": true]],
                ]
            ],
        ]
        let answer = try OnStorage<StorageLook>.answer(told)
        #expect(answer.volumes["A"]?.segments[10]?.bytes == 4)
        #expect(answer.devices["dev.1"]?.usesChecksums == false)
        #expect(try Value(encoding: answer) == told)
    }

    @Test func aConfigurationThatCannotBeReadIsNamed() {
        let fault = #expect(throws: ValueFault.self) {
            try (["node": 11, "configuration": "[["] as Value).decoded(as: OnStorage<StorageLook>.self)
        }
        #expect(fault?.place == "configuration")
        #expect(fault?.rule.hasPrefix("cannot be read: ") == true)
    }
}
