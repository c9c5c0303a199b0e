"""Sends files with odil, each on an association of its own and in its own transfer syntax: odil-send.py AE PORT FILE..."""
import sys

import odil

title, port = sys.argv[1], int(sys.argv[2])
for name in sys.argv[3:]:
    try:
        with odil.open(name) as stream:
            header, data_set = odil.Reader.read_file(stream)
    except odil.Exception as refused:
        sys.exit("%s cannot be read: %s" % (name, refused))
    association = odil.Association()
    association.set_peer_host("127.0.0.1")
    association.set_peer_port(port)
    role = odil.AssociationParameters.PresentationContext.Role.SCU
    association.update_parameters().set_calling_ae_title("ODIL").set_called_ae_title(title).set_presentation_contexts([
        odil.AssociationParameters.PresentationContext(
            1, data_set.as_string("SOPClassUID")[0], [header.as_string("TransferSyntaxUID")[0]], role)
    ])
    association.associate()
    user = odil.StoreSCU(association)
    user.set_affected_sop_class(data_set.as_string("SOPClassUID")[0])
    user.store(data_set)
    association.release()
