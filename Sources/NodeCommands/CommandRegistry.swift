/// Every command there is.
package enum CommandRegistry {
    /// One line for each subject.
    package static let all: [any NodeCommand.Type] = [
        CertificateInstall.self, CertificateRestore.self, CertificateRenew.self,
        CertificateRequestMake.self, CertificateRequestDrop.self, CertificateRequestSettle.self,
        LicenseInstall.self, LicenseRestore.self, LicenseRead.self,
        KeytabInstall.self, KeytabRestore.self,
        OnStorage<StorageLook>.self, OnStorage<StorageRestore>.self, OnStorage<StorageNodeSet>.self,
        OnStorage<StorageDeviceSet>.self, OnStorage<StorageCalibrate>.self, OnStorage<StorageVolumeArrange>.self,
        OnStorage<StorageVolumeFit>.self, OnStorage<StorageVolumeSet>.self, OnStorage<StorageVolumeClear>.self,
        NetworkLinkSpeed.self, NodeTerminate.self, AccountsCheck.self,
        PluginInstall.self, PluginRemove.self,
        ProviderAsk.self, MonitoringStart.self, MonitoringStop.self, MonitoringResume.self,
        JobProgramRun.self, JobProgramCheck.self, JobProgramUndo.self,
        OnDatabase<DatabaseCheck>.self, OnDatabase<DatabaseCreate>.self, OnDatabase<DatabaseMayCreate>.self,
        OnDatabase<DatabaseDelete>.self, OnDatabase<DatabaseReset>.self, OnDatabase<DatabaseStart>.self,
        OnDatabase<DatabaseMayStart>.self, OnDatabase<DatabaseStop>.self, OnDatabase<DatabaseRequireStopped>.self,
        OnDatabase<DatabaseState>.self, OnDatabase<DatabaseInfo>.self, OnDatabase<DatabaseWish>.self,
        OnDatabase<DatabaseMayWish>.self, OnDatabase<DatabaseUnwish>.self,
        OnDatabase<DatabaseBackup>.self, OnDatabase<DatabaseMayBackup>.self, OnDatabase<DatabaseRestore>.self,
        OnDatabase<DatabaseMayRestore>.self, OnDatabase<DatabaseProgress>.self, OnDatabase<DatabaseAbort>.self,
        OnDatabase<DatabaseDrill>.self, OnDatabase<DatabaseDrillEnd>.self,
        BackupList.self, BackupRemove.self, BackupSweep.self, BackupDescribe.self, ArchiveCheck.self,
        ArchiveExamine.self,
        LogCollect.self, DebugCollect.self, DebugRemove.self, UserPseudonymise.self,
        NotificationTry.self, NotificationLook.self,
    ]
}
