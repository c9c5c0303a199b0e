"""Receives instances with odil, association after association: odil-scp.py PORT FOLDER"""
import sys

import odil

port, folder = int(sys.argv[1]), sys.argv[2]
count = 0


def store(request):
    global count
    count += 1
    data_set = request.get_data_set()
    with odil.open("%s/%03d.dcm" % (folder, count), "wb") as out:
        odil.Writer.write_file(data_set, out, odil.DataSet(), data_set.get_transfer_syntax())
    return 0


while True:
    association = odil.Association()
    try:
        association.receive_association("v4", port)
        echoes = odil.EchoSCP(association)
        echoes.set_callback(lambda request: 0)
        stores = odil.StoreSCP(association)
        stores.set_callback(store)
        dispatcher = odil.SCPDispatcher(association)
        dispatcher.set_echo_scp(echoes)
        dispatcher.set_store_scp(stores)
        while True:
            dispatcher.dispatch()
    except Exception as end:
        print(type(end).__name__, end, flush=True)
