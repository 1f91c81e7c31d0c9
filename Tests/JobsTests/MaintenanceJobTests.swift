import EXAConf
import JobEngine
import Support
import Testing
import Values

@testable import Jobs

/// The jobs by which maintenance begins and ends.
@Suite struct MaintenanceJobTests {
    private func refusal(_ definition: JobDefinition, _ parameters: [String: Value]) -> JobError? {
        do throws(JobError) {
            _ = try JobTrial(definition, parameters)
            return nil
        } catch {
            return error
        }
    }

    @Test func itIsAnHourUnlessSomebodySaysOtherwise() throws {
        let usual = try JobTrial(.maintenanceStart, ["nid": 12, "reason": "disks"])
        let end = FixtureCluster.now.advanced(by: .seconds(3600))
        #expect(usual.plan?.maintenance == .begin(.node(12), until: end, reason: "disks"))
        #expect(usual.output == .string(end.description))
        #expect(usual.changes.isEmpty)
        let short = try JobTrial(.maintenanceStart, ["db_name": "DB1", "reason": "x", "duration": 60])
        let soon = FixtureCluster.now.advanced(by: .seconds(60))
        #expect(short.plan?.maintenance == .begin(.database("DB1"), until: soon, reason: "x"))
    }

    @Test func itIsSevenDaysAtMostAndHasAReason() {
        #expect(refusal(.maintenanceStart, ["nid": 12, "reason": "x", "duration": 604_800]) == nil)
        #expect(refusal(.maintenanceStart, ["nid": 12, "reason": "x", "duration": 604_801]) != nil)
        #expect(refusal(.maintenanceStart, ["nid": 12, "reason": "x", "duration": 0]) != nil)
        #expect(refusal(.maintenanceStart, ["nid": 12])?.code == .parameterMissing)
        #expect(refusal(.maintenanceStart, ["nid": 12, "reason": ""])?.code == .parameterInvalid)
    }

    @Test func itIsOfSomethingThatIsThere() {
        #expect(refusal(.maintenanceStart, ["nid": 99, "reason": "x"])?.code == .objectMissing)
        #expect(refusal(.maintenanceStart, ["db_name": "NONE", "reason": "x"])?.code == .objectMissing)
        #expect(refusal(.maintenanceStart, ["reason": "x"])?.code == .parameterMissing)
        #expect(refusal(.maintenanceStart, ["nid": 12, "db_name": "DB1", "reason": "x"]) != nil)
    }

    @Test func whatIsGoneEndsAsWell() throws {
        #expect(try JobTrial(.maintenanceEnd, ["nid": 99]).plan?.maintenance == .end(.node(99)))
        #expect(try JobTrial(.maintenanceEnd, ["db_name": "NONE"]).plan?.maintenance == .end(.database("NONE")))
        #expect(JobDefinition.maintenanceStart.leavesTrace(Arguments()))
    }
}
