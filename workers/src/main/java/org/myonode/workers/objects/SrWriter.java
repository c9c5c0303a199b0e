package org.myonode.workers.objects;

import static org.myonode.workers.objects.ContentItem.ACQUISITION_CONTEXT;
import static org.myonode.workers.objects.ContentItem.CONCEPT_MODIFIER;
import static org.myonode.workers.objects.ContentItem.CONTAINS;
import static org.myonode.workers.objects.ContentItem.INFERRED_FROM;
import static org.myonode.workers.objects.ContentItem.OBSERVATION_CONTEXT;
import static org.myonode.workers.objects.ContentItem.with;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.myonode.dicom.DataSet;
import org.myonode.dicom.DicomFile;
import org.myonode.dicom.Part10;
import org.myonode.dicom.Tag;
import org.myonode.dicom.UID;
import org.myonode.dicom.Uids;

/**
 * The figures as a Comprehensive 3D SR (PS3.3 A.35.13) by TID 1500, with one measurement group by TID 1411 (PS3.16).
 * Stateless.
 *
 * <p>A figure that is not known has no NUM item, and the comment says why: an empty NUM is an error to TID 1419. Every
 * NUM has a modifier that says how it came about. The evidence is exactly what the tree references.
 */
public final class SrWriter {
    private static final String KIND = "SR";
    private static final String RESEARCH = " Research use only; not for diagnostic or clinical use.";

    private static final Code CM2 = Figure.Unit.CM2.code();
    private static final Code CM = new Code("cm", "UCUM", "cm");
    private static final Code PERCENT = Figure.Unit.PERCENT.code();
    private static final Code INDEX_UNIT = new Code("cm2/m2", "UCUM", "cm2/m2");
    private static final Code HOUNSFIELD = Figure.Unit.HOUNSFIELD.code();
    private static final Code SUV_UNIT = new Code("g/ml{SUVbw}", "UCUM", "Standardized Uptake Value body weight");

    private static final Code METHOD = Code.sct("370129005", "Measurement Method");
    private static final Code DERIVATION = Code.dcm("121401", "Derivation");
    private static final Code MEAN = Code.sct("373098007", "Mean");
    private static final Code AREA = Code.sct("131184002", "Area of defined region");
    private static final Code SUV = Code.dcm("126401", "SUVbw");
    private static final Code SUV_METHOD = Code.dcm("126410", "SUV body weight calculation method");
    private static final Code MODALITY = Code.dcm("121139", "Modality");
    private static final Code CT = Code.dcm("CT", "Computed Tomography");
    private static final Code FRAME_OF_REFERENCE = Code.dcm("112227", "Frame of Reference UID");
    private static final Code PARAMETERS = Code.dcm("111002", "Algorithm Parameters");

    private final ResultContext context;

    private SrWriter(ResultContext context) {
        this.context = context;
    }

    /** The instance that {@link #write} makes of a context. */
    public static InstanceReference reference(ResultContext context) {
        return new InstanceReference(UID.Comprehensive3DSRStorage, context.uid(KIND));
    }

    /**
     * The report of a result, in Explicit VR Little Endian; it references the segmentation that {@link SegWriter} makes
     * of the same context.
     *
     * @throws org.myonode.dicom.DicomException when the source image lacks its UIDs or its frame of reference
     */
    public static DicomFile write(ResultContext context) {
        return Part10.of(new SrWriter(context).document(), UID.ExplicitVRLittleEndian);
    }

    private DataSet document() {
        boolean verified = context.approval().isPresent();
        String description = (context.levelIsKnown() ? "L3 body composition SR " : "Body composition SR ")
                + context.state(verified ? "verified" : "unverified");
        DataSet sr = ResultHeader.of(
                        context,
                        KIND,
                        UID.Comprehensive3DSRStorage,
                        context.seriesNumbers().sr(),
                        description)
                .setEmpty(Tag.ReferencedPerformedProcedureStepSequence)
                .set(Tag.CompletionFlag, "COMPLETE")
                .set(Tag.VerificationFlag, verified ? "VERIFIED" : "UNVERIFIED")
                .set(Tag.PreliminaryFlag, "PRELIMINARY")
                .setEmpty(Tag.PerformedProcedureCodeSequence)
                .setItems(Tag.CurrentRequestedProcedureEvidenceSequence, evidence())
                .setItems(Tag.CodingSchemeIdentificationSequence, ownScheme())
                .set(Tag.ValueType, "CONTAINER")
                .setItems(
                        Tag.ConceptNameCodeSequence,
                        Code.dcm("126000", "Imaging Measurement Report").item())
                .set(Tag.ContinuityOfContent, "SEPARATE")
                .setItems(Tag.ContentTemplateSequence, template("1500"))
                .setItems(Tag.ContentSequence, tree());
        if (context.source().hasValue(Tag.AccessionNumber)
                || context.source().item(Tag.RequestAttributesSequence).isPresent()) {
            sr.setItems(Tag.ReferencedRequestSequence, request());
        }
        context.expert().ifPresent(expert -> persons(sr, expert));
        context.predecessor()
                .ifPresent(earlier -> sr.setItems(
                        Tag.PredecessorDocumentsSequence,
                        hierarchy(List.of(evidence(earlier.seriesUid(), List.of(earlier.report()))))));
        return sr;
    }

    /** PS3.3 C.17.2: who wrote of what the document says, and who has verified it. */
    private void persons(DataSet sr, Expert expert) {
        expert.person()
                .filter(name -> PersonNames.isWritable(context.source(), name))
                .ifPresent(name -> sr.setItems(
                        Tag.AuthorObserverSequence,
                        item().set(Tag.ObserverType, "PSN")
                                .set(Tag.PersonName, name)
                                .setEmpty(Tag.PersonIdentificationCodeSequence)
                                .setEmpty(Tag.InstitutionName)
                                .setEmpty(Tag.InstitutionCodeSequence)
                                .remove(Tag.SpecificCharacterSet)));
        context.approval()
                .ifPresent(approval -> sr.setItems(
                        Tag.VerifyingObserverSequence,
                        item().set(Tag.VerifyingObserverName, approval.reviewer())
                                .setEmpty(Tag.VerifyingObserverIdentificationCodeSequence)
                                .set(
                                        Tag.VerifyingOrganization,
                                        PersonNames.isWritable(context.source(), approval.organization())
                                                ? approval.organization()
                                                : "Not stated")
                                .set(Tag.VerificationDateTime, approval.at())
                                .remove(Tag.SpecificCharacterSet)));
    }

    /** An item whose text is encoded as that of the document. */
    private DataSet item() {
        return new DataSet().copy(context.source(), Tag.SpecificCharacterSet);
    }

    private static DataSet template(String identifier) {
        return new DataSet().set(Tag.MappingResource, "DCMR").set(Tag.TemplateIdentifier, identifier);
    }

    private DataSet ownScheme() {
        return new DataSet()
                .set(Tag.CodingSchemeDesignator, Code.OWN_SCHEME)
                .set(Tag.CodingSchemeVersion, "1")
                .set(Tag.CodingSchemeName, "MyoNode private codes")
                .set(Tag.CodingSchemeResponsibleOrganization, context.software().manufacturer());
    }

    /** PS3.3 table C.17-3: the order that the study was made for. Its codes are the site's own and stay out. */
    private DataSet request() {
        DataSet item = new DataSet()
                .copy(context.source(), Tag.SpecificCharacterSet)
                .copy(context.source(), Tag.StudyInstanceUID, Tag.AccessionNumber);
        context.source()
                .item(Tag.RequestAttributesSequence)
                .ifPresent(from -> item.copy(from, Tag.RequestedProcedureID, Tag.RequestedProcedureDescription));
        for (int tag : new int[] {
            Tag.AccessionNumber,
            Tag.ReferencedStudySequence,
            Tag.RequestedProcedureID,
            Tag.RequestedProcedureDescription,
            Tag.RequestedProcedureCodeSequence,
            Tag.PlacerOrderNumberImagingServiceRequest,
            Tag.FillerOrderNumberImagingServiceRequest
        }) {
            if (!item.contains(tag)) {
                item.setEmpty(tag);
            }
        }
        return item.remove(Tag.SpecificCharacterSet);
    }

    private DataSet evidence() {
        List<DataSet> series = new ArrayList<>();
        series.add(evidence(context.source().requireText(Tag.SeriesInstanceUID), List.of(context.sourceReference())));
        series.add(evidence(SegWriter.seriesUid(context), List.of(SegWriter.reference(context))));
        context.petUptake().ifPresent(pet -> series.add(evidence(pet.seriesUid(), pet.images())));
        return hierarchy(series);
    }

    /** PS3.3 table C.17-3b: series of this study with their instances. */
    private DataSet hierarchy(List<DataSet> series) {
        return new DataSet()
                .copy(context.source(), Tag.StudyInstanceUID)
                .setItems(Tag.ReferencedSeriesSequence, series);
    }

    private static DataSet evidence(String seriesUid, List<InstanceReference> instances) {
        return new DataSet()
                .set(Tag.SeriesInstanceUID, seriesUid)
                .setItems(
                        Tag.ReferencedSOPSequence,
                        instances.stream().map(SegWriter::reference).toList());
    }

    private List<DataSet> tree() {
        Software software = context.software();
        List<DataSet> items = new ArrayList<>();
        items.add(ContentItem.code(
                CONCEPT_MODIFIER,
                Code.dcm("121049", "Language of Content Item and Descendants"),
                new Code("en-US", "RFC5646", "English (United States)")));
        items.add(ContentItem.code(
                OBSERVATION_CONTEXT, Code.dcm("121005", "Observer Type"), Code.dcm("121007", "Device")));
        items.add(ContentItem.uid(
                OBSERVATION_CONTEXT,
                Code.dcm("121012", "Device Observer UID"),
                Uids.nameBased(String.join("|", "device", software.name(), software.serialNumber()))));
        items.add(observer("121013", "Device Observer Name", software.name()));
        items.add(observer("121014", "Device Observer Manufacturer", software.manufacturer()));
        items.add(observer(
                "121015",
                "Device Observer Model Name",
                software.name() + " / " + context.segmenter().id() + " "
                        + context.segmenter().version()));
        items.add(observer("121016", "Device Observer Serial Number", software.serialNumber()));
        items.add(ContentItem.code(
                CONCEPT_MODIFIER,
                Code.dcm("121058", "Procedure reported"),
                context.procedure().code()));
        items.add(ContentItem.container(Code.dcm("111028", "Image Library"), imageLibrary()));
        items.add(ContentItem.container(Code.dcm("126010", "Imaging Measurements"), measurements()));
        items.add(ContentItem.container(new Code("C0034375", "UMLS", "Qualitative Evaluations"), evaluations()));
        return items;
    }

    private static DataSet observer(String value, String meaning, String text) {
        return ContentItem.text(OBSERVATION_CONTEXT, Code.dcm(value, meaning), text);
    }

    private List<DataSet> imageLibrary() {
        Code group = Code.dcm("126200", "Image Library Group");
        String frameOfReference = context.source().requireText(Tag.FrameOfReferenceUID);
        List<DataSet> ct = new ArrayList<>();
        ct.add(ContentItem.code(ACQUISITION_CONTEXT, MODALITY, CT));
        context.source()
                .text(Tag.StudyDate)
                .ifPresent(
                        date -> ct.add(ContentItem.date(ACQUISITION_CONTEXT, Code.dcm("111060", "Study Date"), date)));
        ct.add(ContentItem.uid(ACQUISITION_CONTEXT, FRAME_OF_REFERENCE, frameOfReference));
        ct.add(ContentItem.image(SegWriter.sourceItem(context)));

        List<DataSet> groups = new ArrayList<>();
        groups.add(ContentItem.container(group, ct));
        context.petUptake().ifPresent(pet -> {
            List<DataSet> pt = new ArrayList<>();
            pt.add(ContentItem.code(ACQUISITION_CONTEXT, MODALITY, Code.dcm("PT", "Positron emission tomography")));
            pt.add(ContentItem.uid(ACQUISITION_CONTEXT, FRAME_OF_REFERENCE, frameOfReference));
            if (pet.fluorine18()) {
                pt.add(ContentItem.code(
                        ACQUISITION_CONTEXT,
                        Code.sct("89457008", "Radionuclide"),
                        Code.sct("77004003", "^18^Fluorine")));
            }
            pet.images().forEach(image -> pt.add(ContentItem.image(SegWriter.reference(image))));
            groups.add(ContentItem.container(group, pt));
        });
        return groups;
    }

    private List<DataSet> measurements() {
        List<DataSet> items = new ArrayList<>();
        Algorithm model = context.segmenter();
        items.add(ContentItem.text(CONCEPT_MODIFIER, Code.dcm("111001", "Algorithm Name"), model.id()));
        items.add(ContentItem.text(CONCEPT_MODIFIER, Code.dcm("111003", "Algorithm Version"), model.version()));
        items.add(ContentItem.text(CONCEPT_MODIFIER, PARAMETERS, "Model package sha256 " + model.sha256()));
        context.locator()
                .ifPresent(locator -> items.add(ContentItem.text(
                        CONCEPT_MODIFIER,
                        PARAMETERS,
                        "Level found by " + locator.id() + " " + locator.version() + ", sha256 " + locator.sha256())));
        context.expert()
                .ifPresent(expert -> items.add(ContentItem.text(
                        CONCEPT_MODIFIER,
                        PARAMETERS,
                        String.format(
                                Locale.ROOT,
                                "Contour drawn by an expert over that of the model, which had an area of %.2f cm2; received"
                                        + " in %s %s",
                                expert.automaticAreaCm2(),
                                UID.nameOf(expert.drawnIn().sopClassUid()),
                                expert.drawnIn().sopInstanceUid()))));
        context.parameters().forEach(text -> items.add(ContentItem.text(CONCEPT_MODIFIER, PARAMETERS, text)));
        context.petUptake().ifPresent(pet -> items.add(ContentItem.text(CONCEPT_MODIFIER, PARAMETERS, pet.method())));
        items.add(ContentItem.container(Code.dcm("125007", "Measurement Group"), measurementGroup())
                .setItems(Tag.ContentTemplateSequence, template("1411")));
        return items;
    }

    private List<DataSet> measurementGroup() {
        List<DataSet> items = new ArrayList<>();
        items.add(
                ContentItem.text(OBSERVATION_CONTEXT, Code.dcm("112039", "Tracking Identifier"), context.trackingId()));
        items.add(ContentItem.uid(
                OBSERVATION_CONTEXT, Code.dcm("112040", "Tracking Unique Identifier"), context.trackingUid()));
        items.add(ContentItem.code(CONTAINS, Code.dcm("121071", "Finding"), Codes.SKELETAL_MUSCLE));
        items.add(ContentItem.segment(Code.dcm("121191", "Referenced Segment"), SegWriter.reference(context), 1));
        items.add(
                ContentItem.image(Code.dcm("121233", "Source image for segmentation"), SegWriter.sourceItem(context)));
        items.add(ContentItem.code(CONCEPT_MODIFIER, Code.sct("363698007", "Finding Site"), Codes.ABDOMEN));

        items.add(with(
                ContentItem.number(CONTAINS, AREA, context.areaCm2(), CM2),
                ContentItem.code(CONCEPT_MODIFIER, METHOD, Code.own("PIXSUM", "Pixel count times pixel area"))));
        context.indexCm2PerM2()
                .ifPresent(index -> items.add(index(index, context.heightM().orElseThrow())));
        context.meanHu()
                .ifPresent(hu -> items.add(with(
                        ContentItem.number(CONTAINS, Code.dcm("112031", "Attenuation Coefficient"), hu, HOUNSFIELD),
                        ContentItem.code(CONCEPT_MODIFIER, DERIVATION, MEAN))));
        context.petUptake().ifPresent(pet -> {
            items.add(uptake(pet.suvMean(), MEAN));
            items.add(uptake(pet.suvMax(), Code.sct("56851009", "Maximum")));
        });
        for (Figure figure : context.figures()) {
            items.add(with(
                    ContentItem.number(
                            CONTAINS,
                            Code.own(figure.code(), figure.meaning()),
                            figure.value(),
                            figure.unit().code()),
                    ContentItem.code(CONCEPT_MODIFIER, METHOD, Code.own(figure.methodCode(), figure.method()))));
        }
        context.levelConfidence()
                .ifPresent(confidence -> items.add(with(
                        ContentItem.number(
                                CONTAINS, Code.dcm("111012", "Certainty of Finding"), confidence * 100, PERCENT),
                        ContentItem.code(
                                CONCEPT_MODIFIER,
                                METHOD,
                                Code.own("LEVELPROB", "Probability that the slice lies at L3")))));
        return items;
    }

    private DataSet index(double index, double heightM) {
        return with(
                ContentItem.number(CONTAINS, Code.own("SMI", "Skeletal muscle index"), index, INDEX_UNIT),
                ContentItem.code(
                        CONCEPT_MODIFIER, METHOD, Code.own("SMAH2", "Skeletal muscle area divided by squared height")),
                ContentItem.number(INFERRED_FROM, AREA, context.areaCm2(), CM2),
                ContentItem.number(INFERRED_FROM, new Code("8302-2", "LN", "Patient Height"), heightM * 100, CM),
                ContentItem.text(INFERRED_FROM, Code.dcm("121420", "Equation"), "SMI = SMA / height^2"));
    }

    private static DataSet uptake(double suv, Code derivation) {
        return with(
                ContentItem.number(CONTAINS, SUV, suv, SUV_UNIT),
                ContentItem.code(CONCEPT_MODIFIER, METHOD, SUV_METHOD),
                ContentItem.code(CONCEPT_MODIFIER, DERIVATION, derivation));
    }

    private List<DataSet> evaluations() {
        List<DataSet> items = new ArrayList<>();
        if (context.levelIsKnown()) {
            items.add(ContentItem.code(
                    CONTAINS, Code.own("LEVEL", "Vertebral level of slice"), Code.sct("36470004", "L3 vertebra")));
        }
        context.expert()
                .ifPresent(expert -> items.add(ContentItem.code(
                        CONTAINS,
                        Code.own("CONTOUR", "Origin of the contour"),
                        context.approval().isPresent()
                                ? Code.own("EXPERTAPPROVED", "Drawn by an expert over the model's, approved")
                                : Code.own("EXPERT", "Drawn by an expert over the model's"))));
        items.add(ContentItem.code(
                CONTAINS,
                Code.dcm("111050", "Quality Assessment"),
                context.notes().isEmpty()
                        ? Code.dcm("111237", "Usable - Meets the quality control standard")
                        : Code.dcm("111236", "Usable - Does not meet the quality control standard")));
        for (QualityNote note : context.notes()) {
            // An own concept name: checkers with a frozen list of codes do not know (111052,DCM,"Quality Finding").
            items.add(ContentItem.code(
                    CONTAINS, Code.own("QCFLAG", "Quality finding"), Code.own(note.code(), meaning(note.text()))));
        }
        items.add(ContentItem.text(CONTAINS, Code.dcm("121106", "Comment"), comment()));
        return items;
    }

    /** A code meaning has at most 64 characters; the comment has the whole text. */
    private static String meaning(String text) {
        return text.length() <= 64 ? text : text.substring(0, 61) + "...";
    }

    private String comment() {
        StringBuilder text = new StringBuilder(
                        !context.isCorrected()
                                ? "Automatic AI result, not verified."
                                : context.approval().isPresent()
                                        ? "AI result corrected by an expert; the contour is approved, the figures follow"
                                                + " from it."
                                        : "AI result corrected by an expert, not verified.")
                .append(RESEARCH);
        if (context.levelIsKnown()) {
            text.append(String.format(
                    Locale.ROOT,
                    " Level confidence %.2f.",
                    context.levelConfidence().getAsDouble()));
        } else {
            text.append(" The slice was chosen by a person; its vertebral level was not determined.");
        }
        if (context.indexCm2PerM2().isEmpty()) {
            text.append(" No skeletal muscle index: the body height is not known.");
        }
        if (context.meanHu().isEmpty()) {
            text.append(" No mean attenuation: no pixel was segmented.");
        }
        if (context.pet() instanceof Uptake.Unknown unknown) {
            text.append(" No SUV: ").append(unknown.reason()).append('.');
        }
        if (context.predecessor().isPresent()) {
            text.append(" Supersedes an earlier report of this study.");
        }
        for (QualityNote note : context.notes()) {
            text.append(" Check: ").append(note.text()).append('.');
        }
        return text.toString();
    }
}
