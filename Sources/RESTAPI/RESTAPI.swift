import EXAConf
package import Gateway
import JobEngine
package import OpenAPI

/// The resource-oriented API: what stands in its table, and its OpenAPI document.
package enum RESTAPI {
    /// The resources of this daemon; a new one is one file and one line here.
    package static func resources(_ services: GatewayServices) -> [any Resource] {
        let others: [any Resource] = [
            JobsResource(services),
            JobBatchResource(services),
            JobChangesResource(services),
            JobAnswersResource(services),
            QueueResource(services),
            JobTypesResource(services),
            EXAConfResource(services),
            RevisionsResource(services),
            ListingResource(NodeItem.listing, services),
            ListingResource(DatabaseItem.listing, services),
            ListingResource(BackupItem.listing, services),
            ListingResource(ScheduleItem.listing, services),
            ListingResource(VolumeItem.listing, services),
            ListingResource(DiskItem.listing, services),
            ListingResource(BucketFSItem.listing, services),
            ListingResource(UserEntry.listing, services),
            ViewResource(.nodes, services),
            ViewResource(.databases, services),
            ViewResource(.backups, services),
            ViewResource(.backupSchedules, services),
            ViewResource(.snapshots, services),
            ViewResource(.volumes, services),
            ViewResource(.remoteVolumes, services),
            ViewResource(.objectVolumes, services),
            ViewResource(.bucketFS, services),
            ViewResource(.buckets, services),
            ViewResource(.users, services),
            ViewResource(.groups, services),
            ViewResource(.settings, services),
            ViewResource(.license, services),
            ViewResource(.certificate, services),
            CertificateResource(services),
            EventsResource(services),
            SessionsResource(services),
            TokensResource(services),
            LockoutsResource(services),
            MasterResource(services),
            ClusterResource(services),
            ClusterInvitationsResource(services),
            ClusterMembersResource(services),
            ClusterVoteResource(services),
            ClusterLevelResource(services),
            HealthResource(services),
            FindingsResource(services),
            BackupHealthResource(services),
            MetricsResource(services),
            SeriesResource(services),
            AuditResource(services),
            HistoryResource(services),
            HistoryBucketsResource(services),
            ProblemsResource(),
            PagesResource(services), DocumentsResource(services),
        ]
        let described = [IndexResource(services, leadingTo: others)] + others
        return described + [OpenAPIResource(describing: described, services)]
    }

    /// Its description; APIs that are mounted beside it are not part of it.
    package static func document(_ services: GatewayServices) -> OpenAPIDocument {
        OpenAPIDocument(
            routes: resources(services).flatMap(\.routes), catalogue: services.scheduler.catalogue,
            version: services.settings.version)
    }
}
