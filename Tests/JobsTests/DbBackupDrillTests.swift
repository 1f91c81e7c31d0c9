import JobEngine
import NodeCommands
import Support
import Testing
import Values

@testable import Jobs

struct DbBackupDrillTests {
    @Test func anotherDatabasesBackupIsRefused() throws {
        let error = #expect(throws: JobError.self) {
            try JobTrial(
                .dbBackupDrill,
                ["db_name": "DB1", "backup_id": "10002 other/id_1/level_0/node_0/backup_202504171456 other"])
        }
        #expect(error?.code == .parameterInvalid)
    }

    @Test func aTargetOfADrillIsNoOtherDatabasesOwn() {
        let target = DatabaseTarget(drillOf: "SALES", volume: 3, memory: nil)
        #expect(target.isOfDrill && target.database.id == nil && target.database.name == "SALES.drill")
        #expect(!DatabaseTarget(DatabaseDescription("SALES"), volume: 3, volumeName: "Heap").isOfDrill)
    }
}
