import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

struct LicenseJobTests {
    private static let expected: Value = [
        "Contract": [
            "comment": "", "company_name": "ACME", "distributor": "", "distributor_id": "",
            "expiration_date": "Unlimited", "license_id": "7",
        ],
        "Exasol_DB_license": ["schema_version": 1],
        "Limits": [
            "max_db_mem_size_in_gb": 1, "max_db_raw_data_size_in_gb": "Unlimited",
            "max_nodes_per_cluster": "Unlimited", "max_num_clusters": "Unlimited",
        ],
    ]

    private static let texts = [
        #"{"Contract": {"company_name": "ACME", "license_id": 7}, "Limits": {"max_db_mem_size_in_gb": 1}}"#,
        "[Contract]\ncompany_name = ACME\r\nlicense_id: \"7\"\n[Limits]\nmax_db_mem_size_in_gb = 1\n",
        "<?xml version=\"1.0\"?>\n<license licenseId='7'><!-- x --><CompanyName> ACME </CompanyName>"
            + "<Limits><MaxDbMemSizeInGb>1</MaxDbMemSizeInGb></Limits></license>",
    ]

    @Test(arguments: texts)
    func everyFormIsRead(text: String) throws {
        let trial = try JobTrial(.licenseUpload, ["license": .string(text)])
        #expect(trial.output == Self.expected)
        let plan = try #require(trial.plan)
        #expect(plan.makesRevision)
        #expect(plan.files.map(\.path) == ["etc/license.exasol_license"] && plan.files.map(\.mode) == [0o600])
        #expect(plan.commands.map(\.node) == [11, 12])
        for command in plan.commands {
            #expect(command.action == "license.install")
            #expect(command.undo == "license.restore")
            #expect(command.arguments == ["path": "/exa/etc/license.exasol_license", "text": .string(text)])
        }
        #expect(trial.changes.isEmpty)
    }

    @Test(arguments: ["", "hello", "{", "{}", "<a", "<a><b></a></b>", "<>", "</>", "a=b", "\u{0}", "=\n:\n", "<x y/>"])
    func whatIsNoLicenseIsRefused(text: String) {
        #expect(refusal(of: .licenseUpload, ["license": .string(text)])?.faults.map(\.pointer) == ["/params/license"])
    }

    @Test func aMissingPathIsSet() throws {
        var document = FixtureCluster.document
        try document.set("LicenseFile", to: "", in: .global)
        let trial = try JobTrial(.licenseUpload, ["license": .string(Self.texts[0])], on: document)
        #expect(trial.changes.last == "+ LicenseFile = /exa/etc/license.exasol_license")
        #expect(refusal(of: .licenseInfo, on: document)?.code == .objectMissing)
    }

    @Test func theInstalledLicenseIsReadOnThisNode() throws {
        let answers: [Value] = [["text": .string(Self.texts[1])]]
        let info = try JobTrial(.licenseInfo, answers: answers)
        #expect(info.output == Self.expected)
        #expect(info.plan?.commands.map(\.action) == ["license.read"])
        #expect(info.plan?.commands.map(\.node) == [11])
        #expect(try JobTrial(.licenseDownload, answers: answers).output == .string(Self.texts[1]))
        for definition in [JobDefinition.licenseInfo, .licenseDownload, .licenseRunCheck] {
            #expect(refusal(of: definition)?.code == .objectMissing)
        }
    }

    @Test func moreMemoryThanLicensedIsTold() throws {
        let tight = try JobTrial(.licenseRunCheck, answers: [["text": .string(Self.texts[0])]]).output
        #expect(tight?["valid"] == false)
        #expect(tight?["db_mem_size_in_mib"] == ["DB1": 2048])
        #expect(tight?["messages"]?.list?.count == 1)
        let wide = try JobTrial(.licenseRunCheck, answers: [["text": "company_name = ACME"]]).output
        #expect(wide?["valid"] == true)
        #expect(wide?["max_db_mem_size_in_gb"] == "Unlimited")
    }
}
