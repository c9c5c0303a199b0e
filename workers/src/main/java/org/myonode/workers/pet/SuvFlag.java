package org.myonode.workers.pet;

/** Something about the way to SUV that a reader should know. The name is what JSON carries. */
public enum SuvFlag {
    DOSE_IN_MBQ("the dose is below 100 kBq as stated and was taken for MBq"),
    WEIGHT_IN_GRAMS("the weight is above 1000 kg as stated and was taken for grams"),
    SIZE_IN_CENTIMETRES("the body height is above 3 m as stated and was taken for centimetres"),
    ADMINISTRATION_DATE_UNKNOWN("only the time of the injection is stated: the date is that of the series"),
    ADMINISTERED_THE_DAY_BEFORE("the injection was taken to be on the day before the series"),
    REFERENCE_TIME_DERIVED("the series time is later than the scan: decay was counted from the frame's own times"),
    SUV_CONVERTED("the file holds another SUV than that by body weight; converted"),
    SEX_UNKNOWN("the sex is neither M nor F: the mean of both formulas was taken"),
    SEVERAL_PET_SERIES("several PET series qualify");

    private final String text;

    SuvFlag(String text) {
        this.text = text;
    }

    /** One clause for the reader, plain ASCII. */
    public String text() {
        return text;
    }
}
