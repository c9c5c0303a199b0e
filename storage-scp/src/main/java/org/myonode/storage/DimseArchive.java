package org.myonode.storage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.Tag;
import org.myonode.dicom.net.Association;
import org.myonode.dicom.net.AssociationConfig;
import org.myonode.dicom.net.InformationModel;
import org.myonode.dicom.net.Query;
import org.myonode.dicom.net.QueryRetrieve;

/** A PACS that is asked by C-FIND (PS3.4 annex C), one association for each question. Thread-safe. */
public record DimseArchive(AssociationConfig config) implements Completeness.Archive {

    @Override
    public List<Completeness.Series> seriesOf(String studyUid) throws IOException {
        try (Association association = Association.open(config, QueryRetrieve.finding(InformationModel.STUDY_ROOT))) {
            QueryRetrieve archive = new QueryRetrieve(association);
            List<Completeness.Series> series = new ArrayList<>();
            for (DataSet match :
                    archive.find(Query.seriesOf(studyUid, Tag.Modality, Tag.NumberOfSeriesRelatedInstances))) {
                String uid = match.requireText(Tag.SeriesInstanceUID);
                OptionalInt instances = match.integer(Tag.NumberOfSeriesRelatedInstances);
                series.add(new Completeness.Series(
                        uid,
                        match.text(Tag.Modality).orElse(""),
                        instances.isPresent() ? instances.getAsInt() : count(archive, studyUid, uid)));
            }
            return series;
        }
    }

    /** The number is an optional key; a PACS without it lists its instances. */
    private static int count(QueryRetrieve archive, String studyUid, String seriesUid) throws IOException {
        return archive.find(Query.instancesOf(studyUid, seriesUid)).size();
    }
}
